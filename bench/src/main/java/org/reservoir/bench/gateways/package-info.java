/** Benches of the protocols by which the world speaks to a site. */
package org.reservoir.bench.gateways;
