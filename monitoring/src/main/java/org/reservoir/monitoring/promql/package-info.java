/**
 * Prometheus' query language over any {@link org.reservoir.monitoring.promql.Source} of samples, so that Grafana and whatever else speaks it can read a
 * site. What it means is as in Prometheus 2.42: an instant vector looks back five minutes, a range has both its ends. Left out, and refused in
 * words: the functions of native histograms, and some that are rare. Pure but for the source.
 * Read first: {@link org.reservoir.monitoring.promql.PromQl}, Expr, Evaluation.
 */
package org.reservoir.monitoring.promql;
