package org.reservoir.veeh.simulated;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;
import org.reservoir.veeh.HostContract;

class SimulatedHostKeepsItsContractTest extends HostContract {
    private final VeeHost host = new SimulatedHosts(new SimulatedWorld(InstantSource.fixed(Instant.EPOCH), Runnable::run))
            .open(new HostId(1), new HostAddress("sim://one", Map.of()));

    @Override
    protected VeeHost host() {
        return host;
    }
}
