package org.reservoir.veem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;
import org.reservoir.veem.host.Drift;
import org.reservoir.veem.host.Fence;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.host.Waking;
import org.reservoir.veem.kept.Bounds;
import org.reservoir.veem.work.Aftermath;

/** A VEEM over simulated hosts and a real database, for tests: real threads, short waits. */
final class SimulatedSite implements AutoCloseable {
    static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    static final Caller ANNA = new Caller(new UserId(2), "anna", new GroupId(2), Set.of(new GroupId(2)), false);
    static final Caller BERT = new Caller(new UserId(3), "bert", new GroupId(3), Set.of(new GroupId(3)), false);

    final SimulatedWorld world = new SimulatedWorld(InstantSource.system());
    final SiteDatabase database = TestDatabase.fresh("db/store", Veem.MIGRATIONS);
    final Path images = temporary();
    Veem veem = open(Quotas.UNBOUNDED, "one");

    private static Path temporary() {
        try {
            return Files.createTempDirectory("reservoir-images-");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Veem open(Quotas quotas, String worker) {
        var patience = new Aftermath.Patience(3, 3, Duration.ofMillis(20), Duration.ofMillis(100));
        var keeping = new Keeping(Duration.ofMillis(300), Duration.ofMillis(500), Drift.OnEnd.RESTART, Optional.empty(), Fence.NONE, Waking.USUAL);
        var settings = new Veem.Settings("beef", worker, images, List.of(images), patience, keeping, Bounds.USUAL, org.reservoir.placement.Policy.STRIPING);
        return new Veem(database, List.of(new SimulatedHosts(world)), quotas, InstantSource.system(), settings, (_, _) -> {});
    }

    /** With so many hosts of 8 CPUs and 16 GiB, started. */
    static SimulatedSite with(int hosts) {
        var site = new SimulatedSite();
        for (int i = 1; i <= hosts; i++) {
            site.addHost("h" + i);
        }
        site.veem.start();
        return site;
    }

    Host addHost(String name) {
        return veem.hosts().add(ADMIN, HostRequest.of(name, "sim://" + name));
    }

    Vee await(VeeId vee, VeeState state) {
        return await(vee, it -> it.state() == state, "to be " + state);
    }

    Vee await(VeeId vee, Predicate<Vee> condition, String what) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            var seen = veem.vees().vee(ADMIN, vee);
            if (condition.test(seen)) {
                return seen;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("waited for %s %s, but it is %s\n%s".formatted(vee, what, seen, String.join("\n",
                        veem.vees().history(ADMIN, vee).stream().map(Object::toString).toList())));
            }
            pause(5);
        }
    }

    Image awaitImage(ImageId image, Predicate<Image> condition) {
        await(() -> condition.test(veem.images().image(ADMIN, image)), image + " to come to its end");
        return veem.images().image(ADMIN, image);
    }

    void await(BooleanSupplier condition, String what) {
        var end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what);
            }
            pause(5);
        }
    }

    /** What becomes of an image is written down first; then the file that came goes. */
    void awaitArrivals() {
        await(() -> arriving().isEmpty(), "nothing to be arriving");
    }

    Set<String> stored() {
        return names("stored");
    }

    Set<String> arriving() {
        return names("arriving");
    }

    Set<String> names(String folder) {
        try (var all = Files.list(images.resolve(folder))) {
            return all.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As if the leases of a server that ended had run out. */
    void freeClaims() {
        database.run(transaction -> transaction.sql().execute("update work set lease_until = now() - interval '1 second' where claimed_by is not null"));
    }

    /** Another server in the place of the one that was closed. */
    void reopen() {
        veem = open(Quotas.UNBOUNDED, "two");
        veem.start();
    }

    static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Vee act(VeeId vee, VeeAction action, VeeState then) {
        veem.vees().act(ADMIN, vee, action);
        return await(vee, then);
    }

    @Override
    public void close() {
        veem.close();
        database.close();
        try (var files = Files.walk(images)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
