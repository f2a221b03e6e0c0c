package org.reservoir.testbed.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.testbed.GuestImage;
import org.reservoir.testbed.LibvirtHosts;
import org.reservoir.testbed.TestHost;

/** What the demo sets up around the service, and takes down again: hosts and a site server. What it made is noted on disk before it is made. */
final class Stage {
    private final Path data;
    private final Path program;
    private final int count;
    private final GuestImage guest;
    private final Screen screen;
    private Optional<LibvirtHosts> hosts = Optional.empty();
    private Optional<SiteServer> site = Optional.empty();
    private final Object making = new Object();
    private volatile boolean ending;

    /** @param program starts the site server */
    Stage(Path data, Path program, int count, GuestImage guest, Screen screen) {
        this.data = data;
        this.program = program;
        this.count = count;
        this.guest = guest;
        this.screen = screen;
    }

    GuestImage guest() {
        return guest;
    }

    void makeHosts() {
        if (count > 1) {
            make(() -> hosts = Optional.of(LibvirtHosts.up(count)));
        }
    }

    SiteServer startSite() {
        make(() -> site = Optional.of(SiteServer.launch(program, data, guest.directory(), hosts.isPresent())));
        return site.orElseThrow().awaitListening();
    }

    /** What is begun when the interruption comes is made and noted first, so that it can be ended; nothing is begun after it. */
    private void make(Runnable work) {
        synchronized (making) {
            if (!ending) {
                work.run();
                left().write();
                return;
            }
        }
        Pause.of(Duration.ofDays(1)); // the process ends as soon as the stage is clear
    }

    private Leftovers left() {
        return new Leftovers(data, program, site, hosts.map(LibvirtHosts::run));
    }

    /** Name and address of each host. */
    List<Seat> seats() {
        var seats = new ArrayList<Seat>();
        hosts.ifPresentOrElse(made -> made.hosts().forEach(host -> seats.add(new Seat("host-" + (seats.size() + 1), host.uri(), options(host), Optional.of(host)))),
                () -> seats.add(new Seat("local", "qemu:///system", List.of(), Optional.empty())));
        return seats;
    }

    /** What a host needs to be part of networks that span hosts. */
    private static List<String> options(TestHost host) {
        return List.of("shell=exec:ip netns exec " + host.netns(), "vtep=" + host.address(), "bandwidth=nftables");
    }

    /** @param options of the host driver; @param inside where guests of the host can be reached from; empty: from this machine itself */
    record Seat(String name, String uri, List<String> options, Optional<TestHost> inside) {
        List<String> words() {
            var words = new ArrayList<>(List.of("host", "add", name, uri, "--cpu-factor", "8"));
            options.forEach(option -> words.addAll(List.of("--option", option)));
            return words;
        }
    }

    /** Whether the end has begun: whoever still acts must stop. */
    boolean ending() {
        return ending;
    }

    /** Ends everything. */
    void clear() {
        ending = true;
        synchronized (making) {
            left().end(screen);
        }
    }

    void interrupted() {
        ending = true;
        screen.say("Interrupted: ending what was begun …");
        clear();
    }

    void keep() {
        hosts.ifPresent(LibvirtHosts::keep);
        var url = site.orElseThrow().url();
        screen.say("""
                The site goes on at %s. To play with it:
                  bin/reservoir login %s < %s
                  bin/reservoir service show shop
                  bin/reservoir vee list --watch
                  bin/reservoir service scale shop web --replicas 2 --wait
                  bin/reservoir vee console shop-web-0        (leave it with Ctrl-])
                End it and all that it made:
                  bin/demo --end""".formatted(url, url, data.resolve("admin.token")));
    }
}
