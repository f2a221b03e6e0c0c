/**
 * SEC-AC, access control: users, groups, tokens and quotas, and who is behind a request.
 * The gateways ask it for the caller of every request; the VEEM asks it for quotas (as {@link org.reservoir.interfaces.vmi.Quotas}).
 * It calls the site database and nothing above it; which objects a caller may use is said by their
 * {@link org.reservoir.interfaces.vmi.Ownership}, not here.
 * Read first: {@link org.reservoir.access.Access}, {@link org.reservoir.access.Directory}, {@link org.reservoir.access.Bearer}.
 */
package org.reservoir.access;
