/**
 * ACC-BILL, RESERVOIR's accounting: life-cycle events become usage, usage and price books become charges, charges a statement
 * per service or user. Called by the site's loops and gateways; it may call the interfaces (for the words of events), monitoring
 * and the store. Rating is pure: no clock, database or thread. It asks nobody above it.
 * Read first: {@link org.reservoir.accounting.Accounting}, {@link org.reservoir.accounting.Rating}, {@link org.reservoir.accounting.Statement}.
 */
package org.reservoir.accounting;
