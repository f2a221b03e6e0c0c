package org.reservoir.veeh.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostReading;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

/** A data centre in one process: thousands of hosts, a few hundred bytes for each guest, no thread for any of them. */
@Isolated("it weighs the heap, and counts threads")
class SimulatedScaleTest {
    private static final int HOSTS = 5_000;
    private static final int GUESTS = 50_000;

    private final SimulatedWorld world = new SimulatedWorld(InstantSource.fixed(Instant.EPOCH), Runnable::run);
    private final SimulatedHosts driver = new SimulatedHosts(world);

    @Test
    void thousandsOfHostsAndTensOfThousandsOfGuestsFitIntoOneProcess() {
        int threads = Thread.activeCount();
        var empty = used();
        var hosts = IntStream.range(0, HOSTS).mapToObj(this::host).toList();
        var built = used();
        for (int n = 1; n <= GUESTS; n++) {
            hosts.get(n % HOSTS).start(new Order(new VeeId(n), 1, Duration.ofMinutes(1)), guest(n));
        }
        long perHost = (built - empty) / HOSTS;
        long perGuest = (used() - built) / GUESTS;
        assertThat(perHost).isLessThan(4_000);
        assertThat(perGuest).isLessThan(2_000);
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
        assertThat(hosts.stream().mapToInt(host -> host.census().ours().size()).sum()).isEqualTo(GUESTS);
        move(hosts);
        assertThat(hosts.stream().map(VeeHost::reading).mapToInt(SimulatedScaleTest::count).sum()).isEqualTo(GUESTS);
        assertThat(world.machinesOf(new VeeId(HOSTS))).singleElement().satisfies(machine -> assertThat(machine.name()).isEqualTo("n1"));
    }

    private VeeHost host(int n) {
        return driver.open(new HostId(n + 1L), new HostAddress("sim://n%d?cpus=64&memory=64GiB".formatted(n), Map.of()));
    }

    private static int count(HostReading reading) {
        return reading.guests().size();
    }

    /** Each host's first guest goes to its neighbour, in a ring. */
    private static void move(List<VeeHost> hosts) {
        for (int n = 1; n <= HOSTS; n++) {
            hosts.get(n % HOSTS).migrate(new Order(new VeeId(n), 2, Duration.ofMinutes(1)), guest(n), hosts.get((n + 1) % HOSTS), Migration.LIVE, Progress.UNHEARD);
        }
    }

    private static Guest guest(int n) {
        var disk = new Disk(0, new Disk.Content.Blank(), DataSize.gibibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
        return new Guest(new VeeId(n), "vee " + n, 1, 2, Cpus.of(1), DataSize.mebibytes(512), DataSize.gibibytes(1), new Guest.Boot.FromDisk(), List.of(disk),
                List.of(), Map.of("user-data", new byte[200]), false);
    }

    /** Bytes in use once what is garbage is gone. */
    private static long used() {
        var readings = new ArrayList<Long>();
        for (int i = 0; i < 3; i++) {
            System.gc();
            readings.add(Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return readings.stream().min(Long::compare).orElseThrow();
    }
}
