/**
 * The ground floor: ids, quantities, money, intervals, the expression language and the one exception for bad input.
 * Every room may call it; it calls nothing but the JDK. It reads no clock and does no I/O.
 * Read first: {@link org.reservoir.kernel.Refused}, {@link org.reservoir.kernel.Capacity}, {@link org.reservoir.kernel.VeeId}.
 */
package org.reservoir.kernel;
