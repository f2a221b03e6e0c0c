package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.VeeId;

/** Two real sites: a service of one runs at the other, and what is measured of it crosses the border between them; nothing else does. */
@Tag("long")
class BordersOfSitesTest {
    @TempDir
    private Path folder;
    private MeteredSite home;
    private MeteredSite madrid;

    @AfterEach
    void end() {
        Site.close(List.of(home, madrid));
    }

    @Test
    void whatIsMeasuredOfAServiceCrossesToItsHomeAndNothingElseDoes() throws Exception {
        var ear = MeteredSite.freePort();
        home = new MeteredSite("home", folder.resolve("home"), measuring -> measuring.hearing(new AgentLink.Ends(ear, folder.resolve("home/agent.secret"), Optional.empty())));
        madrid = new MeteredSite("madrid", folder.resolve("madrid"), UnaryOperator.identity());
        try (var guests = new SpeakingGuests(madrid.world)) {
            home.begin("h1");
            home.done("service submit other ../examples/two-tier.ovf");
            home.done("service submit shop ../examples/two-tier.ovf"); // service-2 here, service-1 there
            var key = MeteredSite.secret(folder.resolve("key"), home.done("border admit shop madrid"));
            assertThat(home.say("border admit shop madrid")).contains("BORDER_EXISTS");

            madrid.begin("m1", "m2");
            madrid.done("vee create lone --count 5 --memory 64MiB"); // of nobody's business at home
            madrid.done("service submit shop ../examples/two-tier.ovf --wait");
            var vee = VeeId.parse(madrid.done("vee list --service shop --tag component=web").lines().skip(1).findFirst().orElseThrow().split(" ")[0]);
            guests.load(vee, 42);
            madrid.done("border open shop home --at 127.0.0.1:%d --key %s --over tcp --as service-2".formatted(ear.getPort(), key));
            home.until("measurement list --metric load", list -> list.contains(vee.toString()) && list.contains("42"));
            home.until("measurement list --metric vee.cpu.percent", vee.toString());

            madrid.done("probe add usage test.signal --accounting --every 50ms --subject " + vee);
            home.meteredMoreThan(vee.toString(), 20);
            home.close(); // the link is lost
            madrid.until("border list", "refused");
            madrid.close(); // and who measures ends as well, and begins again
            madrid.open();
            home.open();
            madrid.until("border list", list -> list.contains("OUT") && !list.contains("refused"));
            home.meteredMoreThan(vee.toString(), home.metered(vee.toString()).count() + 20);
            madrid.done("probe remove usage");
            home.meteredWhen(vee.toString(), "at home is what is in madrid", metered -> metered.equals(madrid.metered(vee.toString())));

            onlyThat(vee);
            nothingCrossesAClosedBorder(guests, vee);
            home.done("border dismiss shop madrid");
            assertThat(home.say("border dismiss shop madrid")).contains("BORDER_NOT_FOUND");
        }
    }

    private void nothingCrossesAClosedBorder(SpeakingGuests guests, VeeId vee) {
        madrid.done("border close shop home");
        assertThat(madrid.say("border list")).doesNotContain("home");
        tellsInMadrid(guests, vee, 43); // what was under way has arrived
        var passed = home.done("border list");
        tellsInMadrid(guests, vee, 44);
        tellsInMadrid(guests, vee, 45);
        assertThat(home.done("border list")).as("nothing more has crossed").isEqualTo(passed);
    }

    private void tellsInMadrid(SpeakingGuests guests, VeeId vee, int load) {
        guests.load(vee, load);
        madrid.until("measurement list --metric load --subject " + vee, list -> list.matches("(?s).*\\b%d\\b.*".formatted(load)));
    }

    private void onlyThat(VeeId vee) {
        var all = home.done("measurement list");
        assertThat(all).as("the other site's second host").doesNotContain("host-2");
        for (int lone = 3; lone <= 5; lone++) {
            assertThat(all).as("VEEs of no service").doesNotContain("vee-%d ".formatted(lone));
        }
        assertThat(home.done("measurement list --metric load")).contains(vee.toString());
        assertThat(home.say("border list")).contains("IN").matches(list -> list.lines().anyMatch(line -> line.contains("madrid") && line.matches(".* [1-9]\\d* +0\\s*")), "passed, none refused");
    }
}
