package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

/** Two real sites: a service of one runs at the other, and what is measured of it crosses the border between them; nothing else does. */
@Tag("long")
class BordersOfSitesTest {
    private static final Pattern METERED = Pattern.compile("\"count\" : (\\d+).*?\"sum\" : ([0-9.E]+).*?\"high\" : ([0-9.E]+)", Pattern.DOTALL);

    @TempDir
    private Path folder;
    private Place home;
    private Place madrid;

    /** A site that may be closed and opened again. */
    private static final class Place {
        final String name;
        final Path data;
        final Optional<InetSocketAddress> hears;
        final DatabaseSettings database = TestDatabase.settings("db/store");
        final SimulatedWorld world = new SimulatedWorld(InstantSource.system()).keepingSeeds();
        Site site;
        Commands commands;

        Place(String name, Path data, Optional<InetSocketAddress> hears) throws IOException {
            this.name = name;
            this.data = data;
            this.hears = hears;
            Files.write(Files.createDirectories(data.resolve("import")).resolve("reservoir-guest.img"), new byte[1 << 20]);
            open();
        }

        void open() {
            var settings = new Settings(name, data, database, RestOptions.LOCAL, List.of(data.resolve("import")), Policy.STRIPING, false, "server-1");
            site = Site.open(hears.map(at -> settings.measuring(measuring -> measuring.hearing(new AgentLink.Ends(at, data.resolve("agent.secret"), Optional.empty())))).orElse(settings),
                    List.of(new SimulatedHosts(world)), InstantSource.system());
            commands = Commands.of(site, data);
        }

        void begin(String... hosts) {
            for (var host : hosts) {
                commands.done("host add %s sim://%s".formatted(host, host));
            }
            commands.done("image create reservoir-guest --source file://%s --wait".formatted(data.resolve("import/reservoir-guest.img")));
        }
    }

    @AfterEach
    void end() {
        Site.close(List.of(home.site, madrid.site));
    }

    private static InetSocketAddress freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    private record Metered(long count, double sum, double high) {}

    private static Metered metered(Place at) {
        var found = METERED.matcher(at.commands.done("statement metered --metric test.count -o json"));
        long count = 0;
        double sum = 0;
        double high = 0;
        while (found.find()) {
            count += Long.parseLong(found.group(1));
            sum += Double.parseDouble(found.group(2));
            high = Math.max(high, Double.parseDouble(found.group(3)));
        }
        return new Metered(count, sum, high);
    }

    private void meteredMoreThan(long count) throws InterruptedException {
        for (long end = System.nanoTime() + 120_000_000_000L; metered(home).count() <= count; Thread.sleep(100)) {
            assertThat(System.nanoTime()).as("%s, at the border: %s%s", metered(home), madrid.commands.say("border list"), home.commands.say("border list")).isLessThan(end);
        }
    }

    @Test
    void whatIsMeasuredOfAServiceCrossesToItsHomeAndNothingElseDoes() throws Exception {
        var ear = freePort();
        home = new Place("home", folder.resolve("home"), Optional.of(ear));
        madrid = new Place("madrid", folder.resolve("madrid"), Optional.empty());
        try (var guests = new SpeakingGuests(madrid.world)) {
            home.begin("h1");
            home.commands.done("service submit other ../examples/two-tier.ovf");
            home.commands.done("service submit shop ../examples/two-tier.ovf"); // service-2 here, service-1 there
            var key = Files.createFile(folder.resolve("key"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(key, home.commands.done("border admit shop madrid"));
            assertThat(home.commands.say("border admit shop madrid")).contains("BORDER_EXISTS");

            madrid.begin("m1", "m2");
            madrid.commands.done("vee create lone --count 5 --memory 64MiB"); // of nobody's business at home
            madrid.commands.done("service submit shop ../examples/two-tier.ovf --wait");
            var vee = VeeId.parse(madrid.commands.done("vee list --service shop --tag component=web").lines().skip(1).findFirst().orElseThrow().split(" ")[0]);
            guests.load(vee, 42);
            madrid.commands.done("border open shop home --at 127.0.0.1:%d --key %s --over tcp --as service-2".formatted(ear.getPort(), key));
            home.commands.until("measurement list --metric load", list -> list.contains(vee.toString()) && list.contains("42"));
            home.commands.until("measurement list --metric vee.cpu.percent", vee.toString());

            madrid.commands.done("probe add usage test.signal --accounting --every 50ms --subject " + vee);
            meteredMoreThan(20);
            home.site.close(); // the link is lost
            madrid.commands.until("border list", "refused");
            madrid.site.close(); // and who measures ends as well, and begins again
            madrid.open();
            home.open();
            madrid.commands.until("border list", list -> list.contains("OUT") && !list.contains("refused"));
            meteredMoreThan(metered(home).count() + 20);
            madrid.commands.done("probe remove usage");
            var there = metered(madrid);
            for (long end = System.nanoTime() + 120_000_000_000L; !metered(home).equals(there); Thread.sleep(100)) {
                assertThat(System.nanoTime()).as("at home %s, in madrid %s", metered(home), there = metered(madrid)).isLessThan(end);
            }

            onlyThat(vee);
            madrid.commands.done("border close shop home");
            assertThat(madrid.commands.say("border list")).doesNotContain("home");
            var passed = home.commands.done("border list");
            Thread.sleep(3_000); // the guests go on telling
            assertThat(home.commands.done("border list")).as("nothing more has crossed").isEqualTo(passed);
            home.commands.done("border dismiss shop madrid");
            assertThat(home.commands.say("border dismiss shop madrid")).contains("BORDER_NOT_FOUND");
        }
    }

    private void onlyThat(VeeId vee) {
        var all = home.commands.done("measurement list");
        assertThat(all).as("the other site's second host").doesNotContain("host-2");
        for (int lone = 3; lone <= 5; lone++) {
            assertThat(all).as("VEEs of no service").doesNotContain("vee-%d ".formatted(lone));
        }
        assertThat(home.commands.done("measurement list --metric load")).contains(vee.toString());
        assertThat(home.commands.say("border list")).contains("IN").matches(list -> list.lines().anyMatch(line -> line.contains("madrid") && line.matches(".* [1-9]\\d* +0\\s*")), "passed, none refused");
    }
}
