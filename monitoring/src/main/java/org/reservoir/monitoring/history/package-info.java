/**
 * What was measured, beyond the rings of latest samples: the port {@link org.reservoir.monitoring.history.History} with the records of its
 * questions and answers, and what can be made of them without knowing who keeps them. The room {@code history} keeps them itself, or has them
 * kept by a store that speaks Prometheus' protocols.
 * Read first: {@link org.reservoir.monitoring.history.History}, {@link org.reservoir.monitoring.history.Points},
 * {@link org.reservoir.monitoring.history.Buckets}.
 */
package org.reservoir.monitoring.history;
