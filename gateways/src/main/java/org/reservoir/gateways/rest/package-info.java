/**
 * The REST gateway: JSON over HTTP, RFC 9457 problems, server-sent events. The routes that serve requests are the ones that
 * {@code /openapi.json} is made from.
 * Read first: {@link org.reservoir.gateways.rest.RestGateway}, {@link org.reservoir.gateways.rest.Route}, {@link org.reservoir.gateways.rest.VeeRoutes}.
 */
package org.reservoir.gateways.rest;
