package org.reservoir.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.accounting.Events.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.testing.Seeded;

class MeterTest {
    private static final Instant T = Events.T;

    private static List<Usage> metered(Instant now, VeeChanged... events) {
        var meter = Meter.NEW;
        var usages = new ArrayList<Usage>();
        for (int i = 0; i < events.length; i++) {
            var step = meter.take(events[i]);
            step.ended().ifPresent(usages::add);
            meter = step.next();
        }
        meter.until(now).ifPresent(usages::add);
        return usages;
    }

    private static Duration charged(List<Usage> usages, Holding holding) {
        return usages.stream().filter(usage -> usage.holding() == holding).map(usage -> usage.time().length()).reduce(Duration.ZERO, Duration::plus);
    }

    @ParameterizedTest
    @CsvSource({"RUNNING,RUNNING,RUNNING", "RUNNING,CHANGING,RUNNING", "RUNNING,MIGRATING,RUNNING", "RUNNING,SHUTTING_DOWN,RUNNING", "RUNNING,TERMINATED,",
            "RUNNING,UNKNOWN,", "RUNNING,FAILED,", "SUSPENDED,RESUMING,SUSPENDED", "STOPPED,RESUMING,STOPPED", "POWERED_OFF,BOOTING,POWERED_OFF",
            "POWERED_OFF,DEPLOYING,POWERED_OFF", ",PENDING,", ",DEPLOYING,", ",HELD,", ",RUNNING,RUNNING", "RUNNING,UNDEPLOYED,POWERED_OFF", "POWERED_OFF,TERMINATING,POWERED_OFF"})
    void whatIsChargedFollowsTheState(Holding before, VeeState to, Holding after) {
        assertThat(Holding.after(Optional.ofNullable(before), to)).isEqualTo(Optional.ofNullable(after));
    }

    @Test
    void aVeeIsChargedFromRunningUntilItIsGone() {
        var usages = metered(T.plusSeconds(1000), event(0, VeeState.PENDING), event(10, VeeState.DEPLOYING), event(20, VeeState.RUNNING),
                event(620, VeeState.TERMINATING), event(625, VeeState.TERMINATED));

        assertThat(usages).hasSize(1);
        assertThat(usages.getFirst().time().from()).isEqualTo(T.plusSeconds(20));
        assertThat(usages.getFirst().time().to()).isEqualTo(T.plusSeconds(625));
    }

    @Test
    void aVeeThatStillRunsIsChargedUpToNow() {
        assertThat(charged(metered(T.plusSeconds(60), event(20, VeeState.RUNNING)), Holding.RUNNING)).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void aVeeThatMigratesIsChargedOnceAndInOnePiece() {
        var usages = metered(T.plusSeconds(100), event(0, VeeState.RUNNING), event(40, VeeState.MIGRATING), event(60, VeeState.RUNNING));

        assertThat(usages).hasSize(1);
        assertThat(charged(usages, Holding.RUNNING)).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void aResizeCutsTheUsageInTwo() {
        var usages = metered(T.plusSeconds(100), event(0, VeeState.RUNNING), Events.sized(40, VeeState.RUNNING, 4000, 8L << 30));

        assertThat(usages).extracting(usage -> usage.amounts().cpu()).containsExactly(2000, 4000);
        assertThat(usages).extracting(usage -> usage.time().length().toSeconds()).containsExactly(40L, 60L);
    }

    @Test
    void theServiceComesFromATagAndNonsenseThereHarmsNobody() {
        var good = metered(T.plusSeconds(1), event(0, VeeState.RUNNING)).getFirst();
        var bad = metered(T.plusSeconds(1), Events.tagged(0, VeeState.RUNNING, Map.of(VeeChanged.SERVICE_TAG, "'; drop"))).getFirst();

        assertThat(good.service()).contains(new ServiceId(5));
        assertThat(good.component()).contains("web");
        assertThat(bad.service()).isEmpty();
    }

    @Test
    void aClockThatGoesBackMakesNoNegativeTime() {
        var usages = metered(T.plusSeconds(100), event(50, VeeState.RUNNING), Events.clockAt(20, 51, VeeState.SUSPENDED));

        assertThat(usages).hasSize(1);
        assertThat(usages.getFirst().holding()).isEqualTo(Holding.SUSPENDED);
        assertThat(usages.getFirst().time().from()).isEqualTo(T.plusSeconds(50));
    }

    @Test
    void eventsTakenTwiceCountOnce() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var once = Meter.NEW;
            var twice = Meter.NEW;
            var fromOnce = new ArrayList<Usage>();
            var fromTwice = new ArrayList<Usage>();
            var events = new ArrayList<VeeChanged>();
            for (int i = 0; i < 30; i++) {
                events.add(event(i * 10L + random.nextInt(10), VeeState.values()[random.nextInt(VeeState.values().length)]));
                var step = once.take(events.get(i));
                step.ended().ifPresent(fromOnce::add);
                once = step.next();
                for (int back = random.nextInt(i + 1); back <= i; back++) { // again from somewhere before
                    var again = twice.take(events.get(back));
                    again.ended().ifPresent(fromTwice::add);
                    twice = again.next();
                }
            }
            assertThat(fromTwice).isEqualTo(fromOnce);
            assertThat(twice).isEqualTo(once);
        });
    }

    @Test
    void theUsageOfAVeeCoversItsChargedTimeWithoutGapOrOverlap() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var events = new ArrayList<VeeChanged>();
            for (int i = 0; i < 20; i++) {
                var state = new VeeState[] {VeeState.RUNNING, VeeState.SUSPENDED, VeeState.STOPPED, VeeState.POWERED_OFF, VeeState.MIGRATING}[random.nextInt(5)];
                events.add(Events.sized(i * 10L, i == 0 ? VeeState.RUNNING : state, 1000 * (1 + random.nextInt(2)), 1L << 30));
            }
            var usages = metered(T.plusSeconds(200), events.toArray(VeeChanged[]::new));
            for (int i = 1; i < usages.size(); i++) {
                assertThat(usages.get(i).time().from()).isEqualTo(usages.get(i - 1).time().to());
            }
            assertThat(usages.stream().map(usage -> usage.time().length()).reduce(Duration.ZERO, Duration::plus)).isEqualTo(Duration.ofSeconds(200));
        });
    }
}
