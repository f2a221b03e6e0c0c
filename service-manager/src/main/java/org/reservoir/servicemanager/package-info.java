/**
 * The Service Manager of RESERVOIR: brings manifests to life, keeps them as they are wanted, and scales them by their own rules.
 * Implements {@code interfaces/smi}, called by the gateways; calls {@code interfaces/vmi} alone of what lies below it, and knows no host.
 *
 * <p>It works level-triggered: what is wanted stands in the site database, what there is is asked of the VMI, and every turn of
 * {@link org.reservoir.servicemanager.Reconciliation} compares the two afresh. So a crash in the middle of a turn loses nothing.
 *
 * <p>Read first: {@link org.reservoir.servicemanager.Reconciliation}, {@link org.reservoir.servicemanager.Elasticity},
 * {@link org.reservoir.servicemanager.ServiceManager}.
 */
package org.reservoir.servicemanager;
