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

/** What a rule adds at once, on a whole site: from what guests say to places for all or none, and why none. */
@Tag("long")
class SetOfARuleTest {
    private static final String WEB = "vee list --service shop --tag component=web";

    @TempDir
    private Path data;

    private Path manifest() throws Exception {
        var text = Files.readString(Path.of("../examples/two-tier.ovf"));
        var bounds = "rsrvr:min=\"1\" rsrvr:max=\"3\" rsrvr:initial=\"1\"";
        assertThat(text).contains(bounds);
        return Files.writeString(data.resolve("set.ovf"), text.replace(bounds, "rsrvr:min=\"1\" rsrvr:max=\"5\" rsrvr:initial=\"2\""));
    }

    private static long in(String state, String list) {
        return list.lines().skip(1).filter(line -> line.contains(state)).count();
    }

    @Test
    void theReplicasThatARuleAddsAtOnceAllGetPlacesOrNoneAndTheServiceSaysWhy() throws Exception {
        var world = new SimulatedWorld(InstantSource.system()).keepingSeeds();
        Files.write(Files.createDirectories(data.resolve("import")).resolve("reservoir-guest.img"), new byte[1 << 20]);
        var settings = new Settings("sets", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(data.resolve("import")), Policy.STRIPING, false, "server-1");
        try (var site = Site.open(settings, List.of(new SimulatedHosts(world)), InstantSource.system())) {
            var commands = Commands.of(site, data);
            commands.done("host add h1 sim://h1?cpus=4");
            commands.done("image create reservoir-guest --source file://%s --wait".formatted(data.resolve("import/reservoir-guest.img")));
            try (var guests = new SpeakingGuests(world)) {
                commands.done("service submit shop %s --wait".formatted(manifest()));
                commands.done(WEB).lines().skip(1).forEach(line -> guests.load(VeeId.parse(line.split(" ")[0]), 100));
                // four are right for it; one of the two more would have room
                commands.until("service show shop", "is placed as a whole or not at all: 1 of 2 have room.");
                assertThat(commands.done("service show shop")).contains("web from 2 to 4 replicas", "too little cpu", "Or ask for no more than 1 of them.");
                var waiting = commands.until(WEB, list -> in("PENDING", list) == 2);
                assertThat(in("RUNNING", waiting)).isEqualTo(2);
                var one = waiting.lines().filter(line -> line.contains("PENDING")).findFirst().orElseThrow().split(" ")[0];
                assertThat(commands.done("vee why " + one)).as("beside the other of its set").contains("h1").contains("of cpu");
                commands.done("host change h1 --cpu-factor 2"); // another host would not do: the network of the service joins none
                commands.until(WEB, list -> in("RUNNING", list) == 4);
                assertThat(commands.done("vee history " + one)).contains("with all 2 of set web from 2 to 4 replicas");
                commands.until("service show shop", shown -> !shown.contains("have room"));
            }
        }
    }
}
