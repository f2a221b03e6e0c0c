package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.LeaseWish.Start;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;

/** The server is killed at any moment of the life of two leases, of which one makes way for the other: both come to their end, and what was saved goes on. */
class LeaseCrashTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** One life on one host with room for one VEE; each of its stages may be struck. */
    private static final class Life {
        private final SteppedSite site;
        private final int number;
        private final Instant begin;

        Life(SteppedSite site, int number) {
            this.site = site;
            this.number = number;
            this.begin = site.clock.wholeSecond();
        }

        private String called(String name) {
            return name + "-" + number;
        }

        /** Asked for once more when the wish died with its server. */
        private void ask(String name, Start start, Optional<Instant> at, Duration duration) {
            if (find(name).isEmpty()) {
                var spec = VeeSpec.of(called(name), 64, DataSize.mebibytes(640)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1))));
                site.veem.leases().request(SimulatedSite.ANNA, new LeaseWish(called(name), start, at, duration, Optional.empty(), Optional.empty(), List.of(spec)));
            }
            site.work();
        }

        private Optional<Lease> find(String name) {
            return site.veem.leases().leases(SimulatedSite.ANNA, true, Page.Request.ALL).items().stream().filter(lease -> lease.name().equals(called(name))).findFirst();
        }

        private Lease lease(String name) {
            return find(name).orElseThrow();
        }

        private VeeId vee(String name) {
            return lease(name).vees().getFirst().vee().orElseThrow();
        }

        private VeeState state(String name) {
            return lease(name).vees().getFirst().state().orElseThrow();
        }

        /** @return whether the server lived through it; if not, it is done again by the next */
        private boolean struck(int event, CrashPoints.Moment moment, Runnable stage) {
            site.points.arm(event, moment);
            var lived = site.survives(_ -> stage.run());
            site.points.revive();
            stage.run();
            site.converge();
            return !lived;
        }

        private void reach(Duration time) {
            site.passTo(begin.plus(time));
        }

        /** @return whether any of the strikes hit */
        boolean live(IntUnaryOperator eventOfStage, CrashPoints.Moment moment) {
            var hit = struck(eventOfStage.applyAsInt(0), moment, () -> ask("patient", Start.WHENEVER, Optional.empty(), HOUR));
            var saved = vee("patient");
            site.write(saved);
            hit |= struck(eventOfStage.applyAsInt(1), moment, () -> ask("exact", Start.AT, Optional.of(begin.plus(Duration.ofMinutes(20))), Duration.ofMinutes(20)));
            hit |= struck(eventOfStage.applyAsInt(2), moment, () -> reach(Duration.ofMinutes(25)));
            assertThat(List.of(state("patient"), state("exact"))).as("%s\n%s", lease("exact"), site.veem.vees().history(SimulatedSite.ADMIN, vee("exact"))).containsExactly(VeeState.STOPPED, VeeState.RUNNING);
            hit |= struck(eventOfStage.applyAsInt(3), moment, () -> reach(Duration.ofMinutes(45)));
            assertThat(state("patient")).isEqualTo(VeeState.RUNNING);
            assertThat(vee("patient")).as("the same VEE with what it wrote").isEqualTo(saved);
            hit |= struck(eventOfStage.applyAsInt(4), moment, () -> reach(Duration.ofMinutes(95)));
            assertThat(List.of(lease("patient").state(), lease("exact").state())).containsOnly(Lease.State.DONE);
            assertThat(site.vees()).isEmpty();
            return hit;
        }
    }

    @Test
    void leasesComeToTheirEndThoughTheirServerIsKilledAtEveryStage() {
        Seeded.forAll(1, seed -> {
            var random = Seeded.random(seed);
            try (var site = new SteppedSite(1)) {
                assertThat(new Life(site, 1).live(_ -> 1 + random.nextInt(6), CrashPoints.Moment.BEFORE)).isTrue();
            }
        });
    }

    @Test
    @Tag("long")
    void leasesComeToTheirEndWhereverTheirServerIsKilled() {
        try (var site = new SteppedSite(1)) {
            for (var moment : CrashPoints.Moment.values()) {
                for (int event = 1; live(site, event, moment); event++) { }
            }
            System.out.printf("%d crash points in leases' lives, enumerated%n", site.points.struck());
        }
    }

    private static boolean live(SteppedSite site, int event, CrashPoints.Moment moment) {
        try {
            return new Life(site, event * 10 + moment.ordinal()).live(_ -> event, moment);
        } catch (AssertionError broken) {
            throw new AssertionError("killed at event %d of each stage (%s)".formatted(event, moment), broken);
        }
    }
}
