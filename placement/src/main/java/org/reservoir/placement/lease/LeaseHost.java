package org.reservoir.placement.lease;

/** A host that leases may be given parts of. @param capacity in the order of the site's resources */
public record LeaseHost(long id, Quantity capacity) {}
