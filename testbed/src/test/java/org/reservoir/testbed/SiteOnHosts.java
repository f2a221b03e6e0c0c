package org.reservoir.testbed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.site.Settings;
import org.reservoir.site.Site;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veem.host.Keeping;

/** A whole site, as {@code bin/site} runs it, over test hosts of its own. Closing it ends the site and its hosts, with all that is on them. */
final class SiteOnHosts implements AutoCloseable {
    static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    final LibvirtHosts hosts;
    private final Settings settings;
    Site site;
    ImageId guest;

    private SiteOnHosts(LibvirtHosts hosts, Settings settings) {
        this.hosts = hosts;
        this.settings = settings;
        this.site = server();
    }

    private Site server() {
        return Site.open(settings, List.of(new org.reservoir.veeh.libvirt.LibvirtHosts(settings.name())), InstantSource.system());
    }

    /** Ends the site server and starts another on the same database and folder. */
    void restart() {
        site.close();
        site = server();
    }

    /** @param count of hosts; @param images folders from which images are imported */
    static SiteOnHosts with(int count, Path... images) {
        return over(LibvirtHosts.up(count), Keeping.USUAL, images);
    }

    /** @param hosts which it closes @param keeping how it looks after them */
    static SiteOnHosts over(LibvirtHosts hosts, Keeping keeping, Path... images) {
        try {
            return open(hosts, keeping, images);
        } catch (RuntimeException failure) {
            hosts.close();
            throw failure;
        }
    }

    /** The same with the image of the test guest, {@link #guest}. */
    static SiteOnHosts withGuest(int count, Path... images) {
        var file = GuestImage.build();
        var site = with(count, Stream.concat(Stream.of(file.disk().getParent()), Stream.of(images)).toArray(Path[]::new));
        try {
            site.guest = site.image("guest", file.disk());
            return site;
        } catch (RuntimeException | Error failure) {
            site.close();
            throw failure;
        }
    }

    private static SiteOnHosts open(LibvirtHosts hosts, Keeping keeping, Path... images) {
        try {
            var data = Files.createTempDirectory("reservoir-site-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
            var name = "ctx" + ProcessHandle.current().pid();
            var usual = new Settings(name, data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(images), Policy.STRIPING, false, "test");
            var opened = new SiteOnHosts(hosts, new Settings(usual.name(), usual.data(), usual.database(), usual.rest(), usual.imports(), usual.policy(), usual.spanning(), usual.worker(),
                    keeping, usual.leases(), usual.plugins(), usual.admission(), usual.solver(), usual.measuring()));
            hosts.hosts().forEach(opened::add);
            return opened;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Processors are emulated and promised twenty times over: what is tested here is not speed. */
    private void add(TestHost host) {
        site.vmi().hosts().add(ADMIN, new HostRequest(host.name(), host.uri(), "default", 20, 1, Cpus.ZERO, DataSize.ZERO, Map.of(),
                Map.of("acceleration", "emulated", "migration", host.address())));
    }

    ImageId image(String name, Path file) {
        var id = site.vmi().images().request(ADMIN, new ImageRequest(name, Image.Kind.DISK, Optional.of(file.toString()), Optional.empty(), Optional.empty(), false)).id();
        Guest.eventually(PATIENCE, "image %s is imported".formatted(name), () -> switch (site.vmi().images().image(ADMIN, id).state()) {
            case READY -> true;
            case IMPORTING, DELETING -> false;
            case FAILED -> throw new AssertionError(site.vmi().images().image(ADMIN, id).problem());
        });
        return id;
    }

    /** The file of an image that was saved from a disk. */
    Path stored(String image) {
        var id = site.vmi().images().images(ADMIN, Page.Request.FIRST).items().stream().filter(it -> it.name().equals(image)).map(Image::id).findFirst().orElseThrow();
        Guest.eventually(PATIENCE, "image %s is saved".formatted(image), () -> site.vmi().images().image(ADMIN, id).state() == Image.State.READY);
        return settings.data().resolve("images/stored").resolve(site.vmi().images().image(ADMIN, id).digest().orElseThrow());
    }

    Vee await(VeeId vee, VeeState state) {
        return await(vee, it -> it.state() == state, "to be " + state);
    }

    Vee await(VeeId vee, Predicate<Vee> condition, String what) {
        var vees = site.vmi().vees();
        var end = System.nanoTime() + PATIENCE.toNanos();
        for (var now = vees.vee(ADMIN, vee);; now = vees.vee(ADMIN, vee)) {
            if (condition.test(now)) {
                return now;
            }
            if (now.state() == VeeState.FAILED || System.nanoTime() > end) {
                throw new AssertionError("waited for %s %s, but it is %s, %s\n%s\n%s".formatted(vee, what, now.state(), now.problem(), vees.history(ADMIN, vee), vees.explain(ADMIN, vee)));
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    Vee act(VeeId vee, VeeAction action, VeeState then) {
        site.vmi().vees().act(ADMIN, vee, action);
        return await(vee, then);
    }

    /** What the REST interface answers to the administrator. */
    String get(String path) {
        try (var http = HttpClient.newHttpClient()) {
            var token = Files.readString(settings.data().resolve(Site.ADMIN_TOKEN)).strip();
            var request = HttpRequest.newBuilder(URI.create(site.uri() + path)).header("Authorization", "Bearer " + token).timeout(Duration.ofSeconds(30)).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try (hosts) {
            site.close();
        }
        try (var files = Files.walk(settings.data())) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
