package org.reservoir.bench.veem;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.reservoir.bench.Scratch;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.testbed.TestHost;
import org.reservoir.veem.Veem;

/** A VEEM with a durable database of its own over real libvirt hosts. */
final class RealSite implements AutoCloseable {
    /** In the names of its guests. */
    static final String NAME = "bench";
    private static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final SiteDatabase database;
    private final Veem veem;

    private RealSite(SiteDatabase database, Veem veem) {
        this.database = database;
        this.veem = veem;
    }

    /** @param sources folders of images */
    static RealSite over(Scratch scratch, List<Path> sources) {
        var settings = DatabaseSettings.Managed.in(scratch.resolve("database"), Path.of(System.getProperty("java.io.tmpdir"), "reservoir-test-cache"));
        var database = SiteDatabase.open(settings, List.of("db/store", Veem.MIGRATIONS));
        var usual = Veem.Settings.of("be9c", "bench", scratch.resolve("images"));
        var veem = new Veem(database, List.of(new org.reservoir.veeh.libvirt.LibvirtHosts(NAME)), Quotas.UNBOUNDED, InstantSource.system(),
                new Veem.Settings(usual.site(), usual.worker(), usual.images(), sources, usual.patience(), usual.keeping(), usual.bounds(), usual.policy()), (_, _) -> {});
        veem.start();
        return new RealSite(database, veem);
    }

    /** Processors are emulated, and promised twenty times over. */
    HostId add(TestHost host) {
        return veem.hosts().add(ADMIN, new HostRequest(host.name(), host.uri(), "default", 20, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of("acceleration", "emulated"))).id();
    }

    ImageId image(String name, Path file) throws InterruptedException {
        var id = veem.images().request(ADMIN, new ImageRequest(name, Image.Kind.DISK, Optional.of(file.toString()), Optional.empty(), Optional.empty(), false)).id();
        await(name + " to be imported", () -> switch (veem.images().image(ADMIN, id)) {
            case Image image when image.state() == Image.State.FAILED -> throw new IllegalStateException("%s: %s".formatted(name, image.problem()));
            case Image image -> image.state() == Image.State.READY;
        });
        return id;
    }

    /** A guest with clones of these images that is to be on this host. */
    static VeeSpec spec(String name, TestHost host, List<ImageId> images) {
        return VeeSpec.of(name, 1, DataSize.mebibytes(128)).withDisks(images.stream().map(VeeSpec.DiskSpec::of).toList())
                .wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.of(host.name())));
    }

    /** Returns when all of them run. */
    List<VeeId> deploy(List<VeeSpec> specs) throws InterruptedException {
        var vees = veem.vees().create(ADMIN, specs).stream().map(Vee::id).toList();
        for (var vee : vees) {
            await(vee, VeeState.RUNNING);
        }
        return vees;
    }

    /** Returns when it runs there. */
    void move(VeeId vee, HostId to) throws InterruptedException {
        veem.vees().act(ADMIN, vee, new VeeAction.Migrate(Optional.of(to), true));
        await(vee, VeeState.RUNNING);
        var now = veem.vees().vee(ADMIN, vee);
        if (!now.host().equals(Optional.of(to))) {
            throw new IllegalStateException("%s did not move to %s: %s".formatted(vee, to, now.problem()));
        }
    }

    /** Returns when all of them are gone. */
    void end(List<VeeId> vees) throws InterruptedException {
        veem.vees().actOnAll(ADMIN, vees, new VeeAction.Terminate(true));
        for (var vee : vees) {
            await(vee, VeeState.TERMINATED);
        }
    }

    private void await(VeeId vee, VeeState state) throws InterruptedException {
        await("%s to be %s".formatted(vee, state), () -> {
            var now = veem.vees().vee(ADMIN, vee);
            if (now.state() == VeeState.FAILED) {
                throw new IllegalStateException("%s: %s".formatted(vee, now.problem()));
            }
            return now.state() == state;
        });
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds();
    }

    /** Looks again whenever something has changed, as those do who follow the site's events: who asks all the time takes its time away. */
    private void await(String what, Condition condition) throws InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        for (var seen = database.outbox().latest(); !condition.holds(); seen = database.outbox().latest()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited %s for %s".formatted(LONGEST, what));
            }
            database.outbox().awaitNews(seen, LOOK);
        }
    }

    @Override
    public void close() {
        veem.close();
        database.close();
    }
}
