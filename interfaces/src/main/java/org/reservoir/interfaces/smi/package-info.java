/**
 * SMI, the service management interface: what a service provider may ask of a site. Contracts only.
 * Implemented by {@code service-manager}; called by the gateways.
 * Read first: {@link org.reservoir.interfaces.smi.Services}, {@link org.reservoir.interfaces.smi.Service},
 * {@link org.reservoir.interfaces.smi.ServicePlan}.
 */
package org.reservoir.interfaces.smi;
