package org.reservoir.veeh.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;

/** Whatever breaks in between: orders given again until they are answered end where they would have ended at once. */
class SimulatedWorldPropertyTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void ordersGivenAgainUntilAnsweredLeaveEachGuestOnceAndWhole() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var world = new SimulatedWorld(() -> NOW, Runnable::run).faults(Faults.seeded(seed, 300));
            var hosts = List.of(open(world, "a"), open(world, "b"), open(world, "c"));
            for (int vee = 1; vee <= 4; vee++) {
                live(random, hosts, new VeeId(vee));
            }
            world.settle();
            assertThat(world.audit(Set.of(new VeeId(1), new VeeId(2), new VeeId(3), new VeeId(4)))).isEmpty();
            for (int vee = 1; vee <= 4; vee++) {
                var order = order(new VeeId(vee), 1000);
                hosts.forEach(host -> insist(() -> { host.erase(order); return host; }));
            }
            world.settle();
            assertThat(world.audit(Set.of())).isEmpty();
        });
    }

    @Test
    void tenThousandGuestsOnAThousandMachinesAreStartedByManyThreadsAtOnce() {
        var world = new SimulatedWorld(() -> NOW);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int machine = 0; machine < 1000; machine++) {
                var host = open(world, "m" + machine);
                for (int each = 0; each < 10; each++) {
                    var vee = new VeeId(machine * 10L + each + 1);
                    threads.submit(() -> host.start(order(vee, 1), guest(vee)));
                }
            }
        }
        assertThat(world.machines()).allMatch(machine -> machine.guests().size() == 10);
        assertThat(world.audit()).isEmpty();
    }

    @Test
    void machinesThatSwapGuestsDoNotWaitForEachOther() {
        var world = new SimulatedWorld(() -> NOW);
        var a = open(world, "a");
        var b = open(world, "b");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int each = 1; each <= 100; each++) {
                var vee = new VeeId(each);
                var from = each % 2 == 0 ? a : b;
                var to = each % 2 == 0 ? b : a;
                threads.submit(() -> {
                    from.start(order(vee, 1), guest(vee));
                    from.migrate(order(vee, 2), guest(vee), to, Migration.LIVE, Progress.UNHEARD);
                });
            }
        }
        assertThat(world.machine("a").guests()).hasSize(50);
        assertThat(world.machine("b").guests()).hasSize(50);
        assertThat(world.audit()).isEmpty();
    }

    private static void live(RandomGenerator random, List<VeeHost> hosts, VeeId vee) {
        var at = hosts.get(random.nextInt(3));
        int generation = 1;
        insistOn(at, host -> host.start(order(vee, 1), guest(vee)));
        for (int turn = 0; turn < 6; turn++) {
            var order = order(vee, ++generation);
            switch (random.nextInt(3)) {
                case 0 -> {
                    insistOn(at, host -> host.save(order));
                    insistOn(at, host -> host.restore(order, guest(vee)));
                }
                case 1 -> {
                    var next = hosts.get((hosts.indexOf(at) + 1 + random.nextInt(2)) % 3);
                    insistOn(at, host -> host.migrate(order, guest(vee), next, Migration.LIVE, Progress.UNHEARD));
                    at = next;
                }
                default -> {
                    insistOn(at, host -> host.shutdown(order, false));
                    insistOn(at, host -> host.start(order, guest(vee)));
                }
            }
        }
    }

    private static void insistOn(VeeHost host, java.util.function.Consumer<VeeHost> act) {
        insist(() -> { act.accept(host); return host; });
    }

    private static <T> T insist(Supplier<T> act) {
        var failures = new ArrayList<HostFailure>();
        while (failures.size() < 100) {
            try {
                return act.get();
            } catch (HostFailure failure) {
                failures.add(failure);
            }
        }
        throw new AssertionError("never answered: " + failures);
    }

    private static VeeHost open(SimulatedWorld world, String name) {
        return new SimulatedHosts(world).open(new HostId(1), new HostAddress("sim://" + name, Map.of()));
    }

    private static Order order(VeeId vee, long generation) {
        return new Order(vee, generation, Duration.ofSeconds(60));
    }

    private static Guest guest(VeeId vee) {
        var disk = new Disk(0, new Disk.Content.Blank(), DataSize.gibibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
        return new Guest(vee, "web", 1, 4, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(512), new Guest.Boot.FromDisk(), List.of(disk),
                List.of(), Map.of(), false);
    }
}
