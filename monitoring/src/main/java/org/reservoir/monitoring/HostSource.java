package org.reservoir.monitoring;

import org.reservoir.kernel.HostId;

/** Port: a host that can be looked at. {@link #look} may block, fail or hang; who asks keeps a deadline. */
public interface HostSource {
    HostId host();

    HostCounters look() throws Exception;
}
