/**
 * Exact back ends of placement, by Google's OR-Tools (Apache-2.0): {@link org.reservoir.solvers.CpSatSolver} and
 * {@link org.reservoir.solvers.MipSolver} (COIN-OR CBC, SCIP). They prove optima of small problems and look at parts of large ones; from about 200 VEEs
 * on 30 hosts on our own search is ahead. Everything passes without them: the native code is loaded when one is first asked, and where it cannot be
 * loaded they decline.
 *
 * <p>Calls placement and the kernel only. Read first: {@link org.reservoir.solvers.LinearModel} (a problem as rows and columns).
 */
package org.reservoir.solvers;
