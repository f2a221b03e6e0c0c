package org.reservoir.veem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.placement.search.Solvers;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;
import org.reservoir.veem.host.Drift;
import org.reservoir.veem.host.Fence;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.host.Waking;
import org.reservoir.veem.image.ImageStore;
import org.reservoir.veem.kept.Bounds;
import org.reservoir.veem.kept.LeaseRules;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.kept.WiringTable;
import org.reservoir.veem.placing.Plugged;
import org.reservoir.veem.work.Aftermath;
import org.reservoir.veem.work.Engine;

/**
 * A site on simulated hosts, of which the first two share their storage, and a real PostgreSQL where everything happens on the test's thread
 * and in virtual time, a step at a time, so that a test waits for nothing and a seed always gives the same run. Its server can be killed and
 * another begun.
 */
final class SteppedSite implements AutoCloseable {
    static final Set<String> EVERY_KIND = Set.of(Engine.VEE, Engine.ERASE, WiringTable.KIND, ImageStore.IMPORT);
    private static final int ROUNDS = 400;

    final VirtualClock clock = new VirtualClock();
    final SimulatedWorld world = new SimulatedWorld(clock, Runnable::run);
    final CrashPoints points = new CrashPoints(clock, () -> Invariants.always(world()));
    final Map<VeeId, Long> written = new HashMap<>();
    final NetworkId network;
    final SecurityGroupId group;
    final ImageId cd;
    private final SiteDatabase database = SiteDatabase.open(TestDatabase.settings("db/store", Veem.MIGRATIONS), List.of("db/store", Veem.MIGRATIONS), points);
    private final Path images;
    private final Quotas quotas;
    private Keeping keeping = new Keeping(Duration.ofSeconds(60), Duration.ofSeconds(20), Drift.OnEnd.RESTART, Optional.empty(), Fence.NONE, Waking.USUAL);
    private Plugged plugged = Plugged.NOTHING;
    private int servers;
    private long contents;
    Veem veem;

    SteppedSite(int hosts) {
        this(hosts, Quotas.UNBOUNDED);
    }

    SteppedSite(int hosts, Quotas quotas) {
        this.quotas = quotas;
        try {
            images = Files.createTempDirectory("reservoir-crash-");
            veem = server();
            world.faults(points);
            for (int i = 1; i <= hosts; i++) {
                veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("h" + i, "sim://h%d?cpus=64&memory=256GiB&disk=8TiB%s".formatted(i, i <= 2 ? "&storage=nas" : "")));
            }
            network = veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec("net", "isolated", Optional.empty(),
                    List.of(NetworkSpec.Range.of("10.9.0.0/22")), List.of(), false, false, 0, true)).id();
            group = veem.networks().createGroup(SimulatedSite.ADMIN, "web", List.of(new SecurityGroup.Rule("in", "tcp", Optional.empty(), Optional.of("80")))).id();
            var bytes = Files.write(images.resolve("cd.iso"), new byte[4096]);
            cd = veem.images().request(SimulatedSite.ADMIN, new ImageRequest("cd", Image.Kind.CD, Optional.of(bytes.toString()), Optional.empty(), Optional.empty(), false)).id();
            work();
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    private SimulatedWorld world() {
        return world;
    }

    SiteDatabase database() {
        return database;
    }

    Path keptFolder() {
        return images.resolve("kept");
    }

    private Veem server() {
        var patience = new Aftermath.Patience(3, 2, Duration.ofSeconds(1), Duration.ofSeconds(10));
        var settings = new Veem.Settings("beef", "server-" + ++servers, images, List.of(images), patience, keeping, new Bounds(64, 8, 16), Policy.STRIPING, LeaseRules.USUAL, plugged, Solvers.LNS);
        return new Veem(database, List.of(new SimulatedHosts(world)), quotas, clock, settings, (_, _) -> {}, Runnable::run);
    }

    VeeSpec spec(String name) {
        return VeeSpec.of(name, 1, DataSize.mebibytes(256)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1)), VeeSpec.DiskSpec.of(cd)))
                .withNics(List.of(VeeSpec.NicSpec.on(network)));
    }

    // ---- steps, each of which may be the server's last

    /** Does something with the server; when that kills it, a new one begins. Tells whether it lived. */
    boolean survives(Consumer<Veem> act) {
        try {
            act.accept(veem);
            if (!points.dead()) {
                return true;
            }
        } catch (CrashPoints.Crash _) {
            // as armed
        }
        restart();
        return false;
    }

    /** The server is gone; another one begins when the leases of the old one have run out. */
    void restart() {
        points.revive();
        end();
        clock.advance(Duration.ofSeconds(31));
        veem = server();
    }

    /** The same site with other habits. */
    void restart(Keeping next) {
        keeping = next;
        restart();
    }

    /** The same site with a folder of plug-ins. */
    void restart(Plugged next) {
        plugged = next;
        restart();
    }

    Keeping keeping() {
        return keeping;
    }

    /** Another server on the same database. */
    Veem another() {
        return server();
    }

    /** Ending a server interrupts its jobs; here the one that was under way when it died was on this thread. */
    private void end() {
        veem.close();
        Thread.interrupted();
    }

    /** Places, works and writes down until nothing is due. */
    void work() {
        int done;
        do {
            done = veem.steward.turn() + veem.scheduler.turn() + veem.scheduler.moves();
            for (int claimed = 1, wrote = 1; claimed + wrote > 0;) {
                claimed = veem.engine.claim();
                wrote = veem.engine.write();
                done += wrote;
            }
        } while (done > 0);
    }

    /** What a user asks; a refusal is an answer. */
    void ask(Runnable wish) {
        try {
            wish.run();
        } catch (Refused _) {
            // nothing is changed then
        }
    }

    void act(VeeId vee, VeeAction action) {
        ask(() -> veem.vees().act(SimulatedSite.ADMIN, vee, action));
    }

    /** Time passes, with all that becomes due done at its time. */
    void passTo(Instant end) {
        work();
        while (clock.instant().isBefore(end)) {
            clock.reach(Stream.of(leasesDue(), database.work().nextDue(EVERY_KIND)).flatMap(Optional::stream).filter(clock.instant()::isBefore)
                    .filter(end::isAfter).min(Comparator.naturalOrder()).orElse(end));
            work();
        }
    }

    private Optional<Instant> leasesDue() {
        var due = database.read(LeaseTable::book).orElseThrow().under(LeaseRules.USUAL).due();
        return due.isPresent() ? Optional.of(Instant.ofEpochSecond(due.getAsLong())) : Optional.empty();
    }

    // ---- calm

    /** Good weather, no crashes: lets everything come to rest, however long that takes in virtual time, and checks that all is as it must be. */
    void converge() {
        points.revive();
        points.weather(Faults.NONE);
        world.machines().forEach(machine -> machine.reconnect());
        for (int round = 0; round < ROUNDS; round++) {
            work();
            veem.keeper.visitAll();
            recoverFailed();
            work();
            if (calm()) {
                veem.clearImages(Duration.ZERO);
                Invariants.atRest(this);
                return;
            }
            database.work().nextDue(EVERY_KIND).ifPresent(clock::reach);
            clock.advance(Duration.ofMillis(1));
        }
        throw new AssertionError("does not come to rest: " + vees().stream().filter(SteppedSite::restless).map(vee -> "%s %s %s %s".formatted(vee.id(), vee.state(), vee.task(), vee.problem())).toList() + " " + database.work().atAGlance(10));
    }

    private boolean calm() {
        return vees().stream().noneMatch(SteppedSite::restless) && database.work().nextDue(EVERY_KIND).isEmpty();
    }

    private static boolean restless(VeeRecord vee) {
        return vee.state().passing() || vee.state() == VeeState.UNKNOWN || vee.state() == VeeState.FAILED;
    }

    private void recoverFailed() {
        vees().stream().filter(vee -> vee.state() == VeeState.FAILED).forEach(vee -> act(vee.id(), new VeeAction.Recover(VeeAction.Way.RETRY)));
    }

    /** Has the VEE do something and lets the work be done. */
    VeeRecord after(VeeId vee, VeeAction action) {
        veem.vees().act(SimulatedSite.ADMIN, vee, action);
        work();
        return vee(vee);
    }

    /** A VEE that runs. */
    VeeRecord running(VeeSpec spec) {
        var vee = veem.vees().create(SimulatedSite.ADMIN, spec).id();
        work();
        return vee(vee);
    }

    List<VeeRecord> vees() {
        return database.read(sql -> VeeTable.query(sql, "state <> 'TERMINATED' order by id"));
    }

    VeeRecord vee(VeeId id) {
        return database.read(sql -> VeeTable.find(sql, id)).orElseThrow();
    }

    /** A guest writes something to its first disk, which must be there ever after. */
    void write(VeeId vee) {
        world.machinesOf(vee).stream().filter(machine -> machine.contentOf(vee, 0).isPresent()).findFirst().ifPresent(machine -> {
            machine.writes(vee, 0, ++contents);
            written.put(vee, contents);
        });
    }

    @Override
    public void close() {
        end();
        database.close();
        try (var files = Files.walk(images)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }
}
