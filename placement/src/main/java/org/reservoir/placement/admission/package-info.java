/**
 * Admission: whether what is promised can be kept when hosts fail and demand is at its peak. The guide has the policy engine admit a
 * service "by computing the percentage of failover rate upon accepting it"; here that is a share with its confidence interval,
 * from failures and peaks simulated over the placement as it stands.
 *
 * <p>Read first: {@link org.reservoir.placement.admission.Failover} (what happens when hosts are gone),
 * {@link org.reservoir.placement.admission.Admission} (whether a service is taken in). Pure and repeatable by seed.
 */
package org.reservoir.placement.admission;
