/**
 * Keeps what was measured. {@link org.reservoir.history.TsFileHistory} keeps it in a folder: what came last in memory and in a checksummed log,
 * the rest in segments in Apache TsFile's format, with roll-ups to minutes and hours, all within bounds of time and space.
 * {@link org.reservoir.history.PrometheusHistory} has it kept by a store that takes Prometheus' remote write and answers PromQL.
 * The site chooses one; it may call monitoring, whose port {@link org.reservoir.monitoring.history.History} both implement.
 * Read first: {@link org.reservoir.history.TsFileHistory}, {@link org.reservoir.history.HistoryPolicy}, Keeper.
 */
package org.reservoir.history;
