package org.reservoir.interfaces.vhi;

import org.reservoir.kernel.HostId;

/** Makes hosts of one kind. The site hands the VEEM its list of drivers; the first that takes an address gets it. */
public interface HostDriver {
    /** Whether this driver speaks to such an address, by its scheme alone. */
    boolean takes(String uri);

    /** Opens the host; connects at once and throws {@link HostFailure} UNREACHABLE when it cannot. It reconnects by itself afterwards. */
    VeeHost open(HostId id, HostAddress address);
}
