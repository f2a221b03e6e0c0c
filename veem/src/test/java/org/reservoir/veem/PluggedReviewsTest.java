package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.veem.SimulatedSite.ADMIN;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.policy.Goal;
import org.reservoir.plugins.Budget;
import org.reservoir.plugins.Jars;
import org.reservoir.plugins.Plugins;

/** Reviews that come by themselves, by a policy whose only goal is of a jar. */
@Tag("long")
class PluggedReviewsTest extends ReviewedSite {
    private static final PlacementPolicy COOLEST = policy(Map.of("coolest", 1.0), Duration.ofMinutes(5));
    @TempDir
    private Path workshop;
    @TempDir
    private Path folder;

    @Test
    void aReviewThatIsDueFollowsTheGoalOfAJarWhileItIsInForce() throws Exception {
        var jars = new Jars(workshop);
        var coolest = jars.signed(Goal.class, "other.Coolest", """
                package other;
                import org.reservoir.placement.State;
                import org.reservoir.placement.policy.*;
                import java.util.*;
                public class Coolest implements Goal {
                    public String name() { return "warmth"; }
                    public Terms terms(State state) {
                        double[] whenUsed = new double[state.hosts()];
                        for (int host = 0; host < whenUsed.length; host++) whenUsed[host] = state.host(host).name().equals("h3") ? 0 : 100;
                        return Terms.ofHosts(new double[0], whenUsed, List.of());
                    }
                }""");
        try (var plugins = Plugins.watching(folder, jars::trust, Budget.USUAL, PluggedJars.KINDS, InstantSource.system(), _ -> { })) {
            site.restart(new PluggedJars(plugins));
            for (int i = 0; i < 3; i++) {
                site.running(spec("v" + i));
            }
            assertThat(perHost()).hasSize(3);
            assertThatThrownBy(() -> placements().set(ADMIN, COOLEST)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("GOAL_UNKNOWN"));

            plugins.put("coolest", coolest);
            placements().set(ADMIN, COOLEST);
            settle();
            assertAllAreOnTheCoolestHost();

            plugins.withdraw("coolest");
            site.running(spec("new"));
            site.clock.advance(Duration.ofMinutes(6));
            settle();
            assertThat(perHost()).as("nobody says any more which host is cool").hasSize(2);
            assertThat(placements().plans(ADMIN)).hasSize(1);

            plugins.put("coolest", coolest);
            site.clock.advance(Duration.ofMinutes(6));
            settle();
            assertAllAreOnTheCoolestHost();
        }
    }

    private void assertAllAreOnTheCoolestHost() {
        assertThat(site.vees()).allSatisfy(vee -> assertThat(site.veem.hosts().host(ADMIN, vee.host().orElseThrow()).name()).isEqualTo("h3"));
    }
}
