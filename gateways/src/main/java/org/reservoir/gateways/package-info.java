/**
 * Gateways: the protocols by which the world speaks to a site. Each translates between its protocol and SMI, VMI and the small ports of this
 * package, and decides nothing. {@code site} builds them; they call {@code interfaces} and {@code access}, and never a layer itself.
 * Read first: {@link org.reservoir.gateways.rest.RestGateway}, {@link org.reservoir.gateways.Ports}, {@link org.reservoir.gateways.EventSource}.
 */
package org.reservoir.gateways;
