package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

/** Every address and MAC is given once, and given back; whatever is asked for at the same time, and whatever is killed meanwhile. */
class LeasesTest {
    private static Veem veem(SiteDatabase database, Path images) {
        return new Veem(database, List.of(), Quotas.UNBOUNDED, InstantSource.system(), Veem.Settings.of("beef", "one", images), (_, _) -> {});
    }

    private static NetworkId network(Veem veem, NetworkSpec.Range... ranges) {
        return veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec("front", "isolated", Optional.empty(), List.of(ranges), List.of(), true, false, 0, true)).id();
    }

    private static NetworkSpec.Range range(String cidr, String first, String last) {
        return new NetworkSpec.Range(cidr, Optional.of(first), Optional.of(last), Optional.empty());
    }

    /** It stays where it is: nothing is started that would place it. */
    private static Vee plugged(Veem veem, String name, VeeSpec.NicSpec nic) {
        return veem.vees().create(SimulatedSite.ADMIN, VeeSpec.of(name, 1, DataSize.mebibytes(64)).withNics(List.of(nic)));
    }

    private static Vee plugged(Veem veem, String name, NetworkId network) {
        return plugged(veem, name, VeeSpec.NicSpec.on(network));
    }

    private static VeeSpec.NicSpec wishing(NetworkId network, String address, Optional<String> mac) {
        return new VeeSpec.NicSpec(network, List.of(address), mac, List.of(), 0, 0);
    }

    private static List<String> addresses(Vee vee) {
        return vee.nics().getFirst().addresses();
    }

    private static String refused(Runnable wish) {
        try {
            wish.run();
            return "nothing";
        } catch (Refused refused) {
            return refused.code();
        }
    }

    @Test
    void severalRangesAreUsedOneAfterTheOther(@TempDir Path images) {
        try (var database = TestDatabase.fresh("db/store", Veem.MIGRATIONS); var veem = veem(database, images)) {
            var net = network(veem, range("10.9.0.0/24", "10.9.0.10", "10.9.0.11"), range("10.9.0.0/24", "10.9.0.20", "10.9.0.21"), range("fd00:9::/64", "fd00:9::a", "fd00:9::ff"));
            assertThat(veem.networks().reserve(SimulatedSite.ADMIN, net, Optional.of("10.9.0.11"), "printer")).isEqualTo("10.9.0.11");
            assertThat(addresses(plugged(veem, "a", net))).containsExactly("10.9.0.10", "fd00:9::a");
            assertThat(addresses(plugged(veem, "b", wishing(net, "10.9.0.21", Optional.of("02:00:00:00:00:07"))))).containsExactly("10.9.0.21", "fd00:9::b");
            var last = plugged(veem, "c", net);
            assertThat(addresses(last)).containsExactly("10.9.0.20", "fd00:9::c");
            assertThatThrownBy(() -> plugged(veem, "d", net)).isInstanceOf(Refused.class).hasMessage("Network front has no free address.");
            veem.networks().release(SimulatedSite.ADMIN, net, "10.9.0.11");
            assertThat(addresses(plugged(veem, "e", net))).containsExactly("10.9.0.11", "fd00:9::d");
        }
    }

    @Test
    void whatCannotBeLeasedIsRefusedInOneWord(@TempDir Path images) {
        try (var database = TestDatabase.fresh("db/store", Veem.MIGRATIONS); var veem = veem(database, images)) {
            var net = network(veem, NetworkSpec.Range.of("10.9.0.0/29"));
            plugged(veem, "a", wishing(net, "10.9.0.3", Optional.of("02:00:00:00:00:07")));
            assertThat(refused(() -> plugged(veem, "b", wishing(net, "10.9.0.3", Optional.empty())))).isEqualTo("ADDRESS_TAKEN");
            assertThat(refused(() -> plugged(veem, "b", wishing(net, "10.9.0.4", Optional.of("02:00:00:00:00:07"))))).isEqualTo("MAC_TAKEN");
            assertThat(refused(() -> plugged(veem, "b", wishing(net, "10.9.0.4", Optional.of("03:00:00:00:00:07"))))).isEqualTo("BAD_MAC");
            assertThat(refused(() -> plugged(veem, "b", wishing(net, "10.9.0.1", Optional.empty())))).as("the gateway").isEqualTo("BAD_ADDRESS");
            assertThat(refused(() -> plugged(veem, "b", wishing(net, "10.9.1.4", Optional.empty())))).isEqualTo("BAD_ADDRESS");
            assertThat(refused(() -> plugged(veem, "b", wishing(net, "fd00::4", Optional.empty())))).isEqualTo("BAD_ADDRESS");
            assertThat(refused(() -> veem.networks().reserve(SimulatedSite.ADMIN, net, Optional.of("10.9.0.3"), "x"))).isEqualTo("ADDRESS_TAKEN");
            assertThat(refused(() -> veem.networks().release(SimulatedSite.ADMIN, net, "10.9.0.3"))).as("a lease is no reservation").isEqualTo("RESERVATION_NOT_FOUND");
            assertThat(veem.networks().network(SimulatedSite.ADMIN, net).used()).isEqualTo(1);
            assertThat(refused(() -> veem.networks().delete(SimulatedSite.ADMIN, net))).isEqualTo("NETWORK_IN_USE");
            assertThat(refused(() -> veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec("other", "nat", Optional.empty(), List.of(NetworkSpec.Range.of("10.9.0.0/16")),
                    List.of(), true, false, 0, true)))).isEqualTo("SUBNET_TAKEN");
        }
    }

    @Test
    void aNetworkGivesTheMacsOfItsOwnRange(@TempDir Path images) {
        try (var database = TestDatabase.fresh("db/store", Veem.MIGRATIONS); var veem = veem(database, images)) {
            var net = network(veem, NetworkSpec.Range.of("10.9.0.0/24"), range("02:ab:00:00:00:00/40", "02:ab:00:00:00:01", "02:ab:00:00:00:02"));
            var first = plugged(veem, "a", net);
            assertThat(first.nics().getFirst().mac()).isEqualTo("02:ab:00:00:00:01");
            assertThat(plugged(veem, "b", net).nics().getFirst().mac()).isEqualTo("02:ab:00:00:00:02");
            assertThatThrownBy(() -> plugged(veem, "c", net)).isInstanceOf(Refused.class).hasMessage("Network front has no free MAC address.");
            veem.vees().act(SimulatedSite.ADMIN, first.id(), new VeeAction.Terminate(true));
            assertThat(plugged(veem, "c", net).nics().getFirst().mac()).isEqualTo("02:ab:00:00:00:01");
        }
    }

    @Test
    @Tag("long")
    @Timeout(300)
    void noLeaseIsLostOrDoubledWhileManyAskAndTheDatabaseIsKilled(@TempDir Path folder) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x")); // PostgreSQL runs as a user of its own
        var cache = Path.of(System.getProperty("java.io.tmpdir"), "reservoir-test-cache");
        var settings = DatabaseSettings.Managed.in(folder.resolve("db"), cache).withPatience(Duration.ofSeconds(90));
        try (var database = SiteDatabase.open(settings, List.of("db/store", Veem.MIGRATIONS)); var veem = veem(database, folder.resolve("images"))) {
            var net = network(veem, NetworkSpec.Range.of("10.9.0.0/27"), NetworkSpec.Range.of("fd00:9::/64"));
            var living = new ConcurrentHashMap<VeeId, List<String>>();
            var done = new AtomicInteger();
            var full = new AtomicInteger();
            var stop = new AtomicBoolean();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int worker = 0; worker < 6; worker++) {
                    var name = "w" + worker;
                    threads.submit(() -> comeAndGo(veem, net, name, living, done, full, stop));
                }
                try {
                    for (int kill = 0; kill < 2; kill++) {
                        awaitMore(done, 40);
                        ProcessHandle.of(postmaster(database)).orElseThrow().destroyForcibly();
                    }
                    awaitMore(done, 40);
                } finally {
                    stop.set(true);
                }
            }
            assertThat(full.get()).as("the pool was full at times").isPositive();
            requireConsistent(veem, net, living);
        }
    }

    /** Makes VEEs until the pool is full, then takes one of its own away, and so on. An order whose outcome got lost is forgotten: it may have been carried out. */
    private static void comeAndGo(Veem veem, NetworkId net, String name, Map<VeeId, List<String>> living, AtomicInteger done, AtomicInteger full, AtomicBoolean stop) {
        var own = new java.util.ArrayDeque<VeeId>();
        for (int n = 0; !stop.get(); n++) {
            try {
                var vee = plugged(veem, name + "-" + n, net);
                living.put(vee.id(), addresses(vee));
                own.add(vee.id());
            } catch (Refused refused) {
                if (!refused.code().equals("POOL_FULL")) {
                    continue;
                }
                full.incrementAndGet();
                leave(veem, own.poll(), living);
            }
            done.incrementAndGet();
        }
    }

    private static void leave(Veem veem, VeeId vee, Map<VeeId, List<String>> living) {
        if (vee != null) {
            living.remove(vee);
            try {
                veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Terminate(true));
            } catch (Refused lost) {
                assertThat(lost.code()).startsWith("DATABASE");
            }
        }
    }

    private static void awaitMore(AtomicInteger done, int more) throws InterruptedException {
        int before = done.get();
        long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (done.get() < before + more) {
            assertThat(System.nanoTime()).as("leases go on").isLessThan(end);
            Thread.sleep(5);
        }
    }

    private static long postmaster(SiteDatabase database) {
        long backend = database.read(sql -> sql.createQuery("select pg_backend_pid()").mapTo(Long.class).one());
        return ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow().pid();
    }

    private static void requireConsistent(Veem veem, NetworkId net, Map<VeeId, List<String>> acknowledged) {
        var said = new HashMap<VeeId, List<String>>();
        veem.vees().vees(SimulatedSite.ADMIN, Vees.Filter.LIVING, Page.Request.ALL).items().forEach(vee -> said.put(vee.id(), addresses(vee)));
        assertThat(said).as("what was acknowledged is there").containsAllEntriesOf(acknowledged);
        assertThat(said.values().stream().flatMap(List::stream).toList()).as("no address is given twice").doesNotHaveDuplicates();
        var leased = new HashMap<VeeId, Set<String>>();
        for (Network.LeaseStatus lease : veem.networks().leases(SimulatedSite.ADMIN, net).items()) {
            leased.computeIfAbsent(lease.vee().orElseThrow(), _ -> new java.util.HashSet<>()).add(lease.address());
        }
        var expected = new HashMap<VeeId, Set<String>>();
        said.forEach((vee, addresses) -> expected.put(vee, Set.copyOf(addresses)));
        assertThat(leased).as("leases are those of the living, no more and no less").isEqualTo(expected);
    }
}
