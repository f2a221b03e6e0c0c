/**
 * The site database: the truth for desired state, life-cycles, leases, addresses, ledger, and the work still to do.
 * PostgreSQL, run by the site itself or found at an address; one SQL path for both. A change of state, the events that tell of it and the work that follows
 * are one transaction. Each room owns its tables by migrations under {@code db/<room>}; this room owns the work table, the outbox, and tenures.
 * Called by every room that keeps state; calls the kernel alone.
 * Read first: {@link org.reservoir.store.SiteDatabase}, {@link org.reservoir.store.Transaction}, {@link org.reservoir.store.WorkQueue}.
 */
package org.reservoir.store;
