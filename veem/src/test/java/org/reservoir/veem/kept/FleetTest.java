package org.reservoir.veem.kept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

class FleetTest {
    private static final HostId ID = new HostId(1);

    private static HostRequest with(Map<String, String> options) {
        return new HostRequest("h", "sim://h", "default", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), options);
    }

    @Test
    void aHostStaysOpenUntilItsOptionsAreOthers() {
        try (var fleet = new Fleet(List.of(new SimulatedHosts(new SimulatedWorld(InstantSource.system()))))) {
            var host = fleet.open(ID, with(Map.of("label.gpu", "no")));
            assertThat(fleet.open(ID, with(Map.of("label.gpu", "no")))).isSameAs(host);
            var changed = fleet.open(ID, with(Map.of("label.gpu", "yes")));
            assertThat(changed).isNotSameAs(host).isSameAs(fleet.ifOpen(ID).orElseThrow());
            assertThat(changed.census().ours()).isEmpty();
            assertThatThrownBy(host::census).as("nobody holds the old connection open").isInstanceOf(HostFailure.class);
        }
    }
}
