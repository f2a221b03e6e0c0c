package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.Verb;

/** A VEE whose only host refuses it is tried there again: soon at first, then ever later. */
@Tag("long")
class RefusedByItsHostTest {
    private static final Duration STEP = Duration.ofSeconds(15);

    private final List<Instant> tries = new ArrayList<>();

    @Test
    void itIsTriedAfterAQuarterOfAMinuteThenTwiceAsLateEachTimeUpToFiveMinutes() {
        try (var site = new SteppedSite(1)) {
            site.points.weather(call -> {
                if (call.verb() != Verb.PREPARE) {
                    return Fault.NONE;
                }
                tries.add(site.clock.instant());
                return Fault.NO_ROOM;
            });
            var vee = site.running(site.spec("v")).id();
            assertThat(site.vee(vee).state()).isEqualTo(VeeState.PENDING);
            assertThat(site.vee(vee).problem().orElseThrow()).contains("nearest, h1: a deployment of it failed there");
            pass(site, Duration.ofMinutes(20));
            assertThat(pauses()).startsWith(15L, 30L, 60L, 120L, 240L, 300L, 300L);
            site.points.weather(Faults.NONE);
            pass(site, Duration.ofMinutes(5).plus(STEP));
            assertThat(site.vee(vee).state()).isEqualTo(VeeState.RUNNING);
            assertThat(site.vee(vee).problem()).isEmpty();
            anotherBeginsWithAFreshGrudge(site);
            site.converge();
        }
    }

    private void anotherBeginsWithAFreshGrudge(SteppedSite site) {
        site.points.weather(call -> call.verb() == Verb.PREPARE ? Fault.NO_ROOM : Fault.NONE);
        VeeId next = site.running(site.spec("w")).id();
        site.points.weather(Faults.NONE);
        pass(site, Duration.ofSeconds(30));
        assertThat(site.vee(next).state()).isEqualTo(VeeState.RUNNING);
    }

    private static void pass(SteppedSite site, Duration time) {
        for (var end = site.clock.instant().plus(time); site.clock.instant().isBefore(end);) {
            site.clock.advance(STEP);
            site.work();
        }
    }

    /** Seconds between the tries, less the step in which each is noticed. */
    private List<Long> pauses() {
        var pauses = new ArrayList<Long>();
        for (int i = 1; i < tries.size(); i++) {
            pauses.add(Duration.between(tries.get(i - 1), tries.get(i)).minus(STEP).toSeconds());
        }
        return pauses;
    }
}
