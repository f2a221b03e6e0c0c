/**
 * Gateways of a service's measurements between two sites: what of it may leave, in which words, and what may come in. The
 * federation opens and closes them. Calls the wire and the probes' words only.
 * Read first: {@link org.reservoir.monitoring.border.Borders}, {@link org.reservoir.monitoring.border.Terms}.
 */
package org.reservoir.monitoring.border;
