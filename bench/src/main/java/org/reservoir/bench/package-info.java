/**
 * Benches: one class per {@code bin/bench} entry, in packages named after the rooms they measure. They may call every room; nobody calls them.
 * A bench tells its figures to a {@link org.reservoir.bench.Report} and compares in the same run, as a ratio, with the floor or peer that it names.
 * Read first: {@link org.reservoir.bench.Bench}, {@link org.reservoir.bench.Report}.
 */
package org.reservoir.bench;
