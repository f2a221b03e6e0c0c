package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.wire.Collector;

import picocli.CommandLine;

class LatticeOptionTest {
    @Test
    void latticeIsHeardNowhereUnlessToldAndThenOnLoopbackAlone() {
        assertThat(CommandLine.populateCommand(new LatticeOption()).at()).isEmpty();
        var collector = new Collector(new Feed(new Measurements(Measurements.Bounds.USUAL, new Roster()), java.time.Instant::now), () -> 0);
        try (var intake = LatticeOption.open(CommandLine.populateCommand(new LatticeOption(), "--hear-lattice", "127.0.0.1:0").at().orElseThrow(), collector)) {
            assertThat(intake.address().getAddress().isLoopbackAddress()).isTrue();
        }
        assertThatThrownBy(() -> LatticeOption.open(new InetSocketAddress("0.0.0.0", 0), collector)).isInstanceOf(Refused.class).hasMessageContaining("not protected");
    }

    @Test
    void aServicesIdIsWrittenAsOneOfLattices() {
        assertThat(LatticeOption.service(UUID.fromString("00000000-0000-0000-0000-000000000007"))).contains(new ServiceId(7));
        assertThat(LatticeOption.service(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))).isEmpty();
        assertThat(LatticeOption.service(new UUID(0, 0))).isEmpty();
    }
}
