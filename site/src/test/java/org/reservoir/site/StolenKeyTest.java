package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.UdpOutlet;
import org.reservoir.monitoring.wire.VoiceKey;

/** Who has an agent's key, from a host that was broken into, tells of a VEE elsewhere what would make its service grow. */
@Tag("long")
class StolenKeyTest {
    private static final Schema LOAD = Schema.of("stolen", Schema.Attribute.of("load", ValueType.LONG));
    private static final Pattern REFUSED = Pattern.compile("\"refused\" : (\\d+)");

    @TempDir
    private Path data;

    private static StreamInfo stream(SourceId source, int number, Subject of) {
        return new StreamInfo(source, number, "stolen." + number, of, Labels.NONE, LOAD, Duration.ofMillis(100), Duration.ofSeconds(5), Delivery.CONTROL);
    }

    private static long refused(MeteredSite site) {
        var found = REFUSED.matcher(site.done("agent list -o json"));
        return found.find() ? Long.parseLong(found.group(1)) : -1;
    }

    @Test
    void itSteersNoRuleOfAVeeThatIsNotOnItsHostAndIsCounted() throws Exception {
        var ear = MeteredSite.freePort();
        try (var site = new MeteredSite("robbed", data, measuring -> measuring.hearing(new AgentLink.Ends(ear, data.resolve("agent.secret"), Optional.empty())));
             var guests = new SpeakingGuests(site.world)) {
            site.begin("h1");
            site.done("service submit shop ../examples/two-tier.ovf --wait");
            var web = VeeId.parse(site.done("vee list --service shop --tag component=web").lines().skip(1).findFirst().orElseThrow().split(" ")[0]);
            guests.load(web, 7);
            site.until("measurement list --metric load --subject " + web, list -> list.matches("(?s).*\\b7\\b.*"));
            var key = VoiceKey.parse(site.done("agent add host-3").strip()).orElseThrow(); // another host than that of the VEE
            var source = key.source();
            var ours = stream(source, 1, Subject.of(new HostId(3)));
            var theirs = stream(source, 2, Subject.of(web));
            try (var outlet = new UdpOutlet(source, ear, Optional.of(key.secret()))) {
                for (long n = 1; refused(site) < 100; n++) {
                    for (var stream : new StreamInfo[] {ours, theirs}) {
                        outlet.tell(stream, StreamState.ON, "");
                        outlet.take(stream, n, new Row(LOAD).begin(System.currentTimeMillis()).set(0, 1_000));
                    }
                    outlet.alive(new SourceInfo(source, "agent-host-3", Optional.of(new HostId(3)), "", 2, 0, 0));
                }
                assertThat(site.until("measurement list --metric load", list -> list.contains("host-3"))).as("of its own host it is heard").contains("1000");
                assertThat(site.done("measurement show %s load --for 1m".formatted(web))).contains("max: 7");
                assertThat(site.done("rule decisions shop")).as("nor has the rule").doesNotContain("1000");
                assertThat(site.done("vee list --service shop --tag component=web").lines().skip(1)).hasSize(1);
                assertThat(site.done("probe list -o json")).contains("stolen.1").doesNotContain("stolen.2");
            }
        }
    }
}
