package org.reservoir.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.libvirt.LibvirtHosts;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.Veem;

/** A VEEM over real hosts of the testbed, with the test guest's image in its store. */
final class Lab implements AutoCloseable {
    static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    final org.reservoir.testbed.LibvirtHosts testbed;
    final Veem veem;
    /** The site's name in those of its guests' files. */
    final String site;
    private final SiteDatabase database;
    private final Path images;
    private final Map<String, HostId> hosts = new HashMap<>();
    private final Map<VeeId, Shell> shells = new HashMap<>();
    private Optional<ImageId> image = Optional.empty();

    private Lab(org.reservoir.testbed.LibvirtHosts testbed, GuestImage guest, Keeping keeping) {
        this.testbed = testbed;
        this.database = TestDatabase.fresh("db/store", Veem.MIGRATIONS);
        this.images = folder();
        var tag = "%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16));
        var settings = Veem.Settings.of(tag, "lab", images);
        settings = new Veem.Settings(tag, "lab", images, List.of(guest.directory()), settings.patience(), keeping, settings.bounds(), settings.policy());
        this.site = "lab" + tag;
        this.veem = new Veem(database, List.of(new LibvirtHosts(site)), Quotas.UNBOUNDED, InstantSource.system(), settings, (_, _) -> {});
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("reservoir-lab-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With so many hosts, called h1, h2 … */
    static Lab with(int count) {
        return with(count, Keeping.USUAL, Map.of());
    }

    /** @param options of every host */
    static Lab with(int count, Keeping keeping, Map<String, String> options) {
        var guest = GuestImage.build();
        var lab = new Lab(org.reservoir.testbed.LibvirtHosts.up(count), guest, keeping);
        try {
            for (int i = 1; i <= count; i++) {
                lab.addHost(i, options);
            }
            lab.veem.start();
            lab.bringImage(guest);
            return lab;
        } catch (RuntimeException | Error failure) {
            lab.close();
            throw failure;
        }
    }

    private void addHost(int number, Map<String, String> more) {
        var host = testbed.host(number);
        var options = new HashMap<>(Map.of("acceleration", "emulated", "vtep", host.address(), "shell", "exec:ip netns exec " + host.netns()));
        options.putAll(more);
        var request = new HostRequest("h" + number, host.uri(), "default", 8, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), options);
        hosts.put("h" + number, veem.hosts().add(ADMIN, request).id());
    }

    private void bringImage(GuestImage guest) {
        var id = veem.images().request(ADMIN, new ImageRequest("guest", Image.Kind.DISK, Optional.of(guest.disk().toString()), Optional.empty(), Optional.empty(), false)).id();
        Guest.eventually(PATIENCE, "the guest's image is imported", () -> veem.images().image(ADMIN, id).state() == Image.State.READY);
        image = Optional.of(id);
    }

    HostId host(String name) {
        return hosts.get(name);
    }

    /** A guest on the named host that will soon run. */
    VeeId order(String name, String host, VeeSpec.NicSpec... nics) {
        return order(spec(name).withNics(List.of(nics)), host);
    }

    VeeId order(VeeSpec spec, String host) {
        return veem.vees().create(ADMIN, spec.wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.of(host)))).id();
    }

    /** The test guest. */
    VeeSpec spec(String name) {
        return VeeSpec.of(name, 1, DataSize.mebibytes(128)).withDisks(List.of(VeeSpec.DiskSpec.of(image.orElseThrow())));
    }

    Vee await(VeeId vee, VeeState state) {
        return await(vee, "to be " + state, it -> it.state() == state);
    }

    Vee await(VeeId vee, String what, Predicate<Vee> condition) {
        try {
            Guest.eventually(PATIENCE, vee + " " + what, () -> {
                var seen = veem.vees().vee(ADMIN, vee);
                if (seen.state() == VeeState.FAILED) {
                    throw new IllegalStateException("%s: %s".formatted(vee, seen.problem().orElse("failed")));
                }
                return condition.test(seen);
            });
        } catch (AssertionError failure) {
            throw new AssertionError("%s: %s; history %s; work %s".formatted(failure.getMessage(), veem.vees().vee(ADMIN, vee), veem.vees().history(ADMIN, vee), waiting()), failure);
        }
        return veem.vees().vee(ADMIN, vee);
    }

    /** The shell on the guest's console; opened when first needed, and anew after the guest has moved. */
    Shell shell(VeeId vee) {
        var open = shells.get(vee);
        if (open == null || !open.isOpen()) {
            open = Shell.on(veem.hosts().console(ADMIN, vee));
            shells.put(vee, open);
        }
        return open;
    }

    /** Work that is still to do, with the reason where it failed. */
    String waiting() {
        return database.work().atAGlance(20).toString();
    }

    /** Whether work has failed and waits for its next try. */
    boolean isSomethingTriedAgain() {
        return database.work().atAGlance(20).stream().anyMatch(work -> !work.lastError().isEmpty());
    }

    void closeShell(VeeId vee) {
        Optional.ofNullable(shells.remove(vee)).ifPresent(Shell::close);
    }

    @Override
    public void close() {
        shells.values().forEach(Shell::close);
        veem.close();
        database.close();
        testbed.close();
        Guest.run("rm", "-rf", images.toString());
    }
}
