package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

/** A manifest whose rule names a figure, on a whole site: from what guests say to how many there are, and why. */
@Tag("long")
class RulesOfASiteTest {
    @TempDir
    private Path data;

    private Path manifest(String figure) throws Exception {
        var text = Files.readString(Path.of("../examples/two-tier.ovf"));
        assertThat(text).contains("<rsrvr:KPIName>load</rsrvr:KPIName>");
        return Files.writeString(data.resolve("figure.ovf"), text.replace("<rsrvr:KPIName>load</rsrvr:KPIName>", "<rsrvr:KPIName>%s</rsrvr:KPIName>".formatted(figure)));
    }

    @Test
    void aServiceGrowsByItsFigureAndSilenceShrinksNothing() throws Exception {
        var world = new SimulatedWorld(InstantSource.system()).keepingSeeds();
        Files.write(Files.createDirectories(data.resolve("import")).resolve("reservoir-guest.img"), new byte[1 << 20]);
        var settings = new Settings("ruled", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(data.resolve("import")), Policy.STRIPING, false, "server-1");
        try (var site = Site.open(settings, List.of(new SimulatedHosts(world)), InstantSource.system())) {
            var commands = Commands.of(site, data);
            commands.done("host add h1 sim://h1");
            commands.done("image create reservoir-guest --source file://%s --wait".formatted(data.resolve("import/reservoir-guest.img")));
            assertThat(commands.say("service check " + manifest("p95(nothing,10s)"))).contains("RULE_FIGURE", "nothing");
            try (var guests = new SpeakingGuests(world)) {
                commands.done("service submit shop %s --wait".formatted(manifest("p95(load,10s)")));
                assertThat(commands.done("rule list shop")).contains("keep p95(load,10s) at 50 per replica");
                var web = commands.done("vee list --service shop --tag component=web").lines().skip(1).findFirst().orElseThrow();
                guests.load(VeeId.parse(web.split(" ")[0]), 140);
                commands.until("vee list --service shop --tag component=web", list -> list.lines().skip(1).filter(line -> line.contains("RUNNING")).count() == 3);
                assertThat(commands.done("rule decisions shop")).contains("web:p95(load,10s)", "replicas are right for a total of 140");
            }
            commands.until("rule decisions shop", "p95(load,10s) is not known of any replica");
            assertThat(commands.done("vee list --service shop --tag component=web").lines().skip(1)).as("silence is not the end of the load").hasSize(3);
        }
    }
}
