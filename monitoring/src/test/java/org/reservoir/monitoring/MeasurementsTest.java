package org.reservoir.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Measurements.Refusal;

class MeasurementsTest {
    private static final Instant T = Instant.parse("2026-11-24T12:00:00Z");
    private static final ServiceId SHOP = new ServiceId(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Roster roster = new Roster();
    private final Measurements measurements = new Measurements(new Measurements.Bounds(5, 16, 20, Duration.ofMinutes(10)), roster);

    private static VeeId vee(int number) {
        return new VeeId(number);
    }

    private void replica(int number, double... queue) {
        roster.note(vee(number), Labels.of(SHOP, "web"));
        for (int i = 0; i < queue.length; i++) {
            measurements.take(Subject.of(vee(number)), "queue", queue[i], T.plusSeconds(10L * i));
        }
    }

    @Test
    void theKpiOfAComponentIsTheSumOfItsReplicasMeans() {
        replica(1, 10, 20);
        replica(2, 4, 6, 8);

        var total = measurements.total(SHOP, "web", "queue", MINUTE, T.plusSeconds(20));
        assertThat(total.value()).hasValue(15 + 6);
        assertThat(total.meanPerReplica()).hasValue(10.5);
        assertThat(total.missing()).isEmpty();
    }

    @Test
    void aReplicaThatLeftDropsOutAtOnce() {
        replica(1, 10);
        replica(2, 4);
        roster.forget(vee(2));

        assertThat(measurements.total(SHOP, "web", "queue", MINUTE, T).value()).hasValue(10);
    }

    @Test
    void aReplicaThatIsSilentIsToldAsMissingAndNotAsIdle() {
        replica(1, 10);
        replica(2);

        var total = measurements.total(SHOP, "web", "queue", MINUTE, T.plusSeconds(1));
        assertThat(total.value()).hasValue(10);
        assertThat(total.meanPerReplica()).hasValue(10);
        assertThat(total.missing()).isEqualTo(Set.of(vee(2)));
        assertThat(total.leastCoverage()).isZero();
    }

    @Test
    void aKpiComesFromTheReplicasElseFromTheServicesOtherVeesElseFromTheServiceItself() {
        roster.note(vee(1), Labels.of(SHOP, "web"));
        roster.note(vee(2), Labels.of(SHOP, "master"));
        measurements.take(Subject.of(SHOP), "queue", 1, T);
        assertThat(measurements.kpi(SHOP, "web", "queue", MINUTE, T).value()).hasValue(1);
        measurements.take(Subject.of(vee(2)), "queue", 2, T);
        assertThat(measurements.kpi(SHOP, "web", "queue", MINUTE, T).value()).hasValue(2);
        measurements.take(Subject.of(vee(1)), "queue", 3, T);
        assertThat(measurements.kpi(SHOP, "web", "queue", MINUTE, T).value()).hasValue(3);
        assertThat(measurements.kpi(SHOP, "web", "users", MINUTE, T)).isEqualTo(new Measurements.Kpi(java.util.OptionalDouble.empty(), 0, Set.of()));
    }

    @Test
    void aReplicaThatHasNotYetToldIsNoGapButOneThatFellSilentIs() {
        replica(1, 10, 10, 10, 10, 10, 10, 10);
        replica(2);
        assertThat(measurements.kpi(SHOP, "web", "queue", MINUTE, T.plusSeconds(60)).coverage()).isEqualTo(1);
        measurements.take(Subject.of(vee(2)), "queue", 4, T.minusSeconds(90));

        var kpi = measurements.kpi(SHOP, "web", "queue", MINUTE, T.plusSeconds(60));
        assertThat(kpi.value()).hasValue(10);
        assertThat(kpi.coverage()).isEqualTo(0.5);
        assertThat(kpi.missing()).containsExactly(vee(2));
    }

    @Test
    void aComponentOfWhichNothingWasHeardHasNoValue() {
        replica(1);

        assertThat(measurements.total(SHOP, "web", "queue", MINUTE, T).value()).isEmpty();
        assertThat(measurements.total(SHOP, "none", "queue", MINUTE, T).value()).isEmpty();
    }

    @Test
    void aVeeThatChangesItsComponentCountsOnlyThere() {
        replica(1, 10);
        roster.note(vee(1), Labels.of(SHOP, "batch"));

        assertThat(measurements.total(SHOP, "web", "queue", MINUTE, T).replicas()).isEmpty();
        assertThat(measurements.total(SHOP, "batch", "queue", MINUTE, T).value()).hasValue(10);
    }

    @Test
    void whatDoesNotFitIsRefusedAndCounted() {
        for (int i = 1; i <= 7; i++) {
            measurements.take(Subject.of(vee(i)), "queue", 1, T);
        }
        measurements.take(Subject.site(), "a.name.that.is.far.too.long", 1, T);
        measurements.take(Subject.site(), "no name", 1, T);
        measurements.take(Subject.of(vee(1)), "queue", Double.NaN, T);

        assertThat(measurements.seriesCount()).isEqualTo(5);
        assertThat(measurements.takenCount()).isEqualTo(5);
        assertThat(measurements.refusals()).containsEntry(Refusal.TOO_MANY_SERIES, 2L).containsEntry(Refusal.BAD_NAME, 2L)
                .containsEntry(Refusal.NOT_A_NUMBER, 1L);
    }

    @Test
    void theRoomOfAVeeThatIsGoneIsFreeAgain() {
        for (int i = 1; i <= 5; i++) {
            measurements.take(Subject.of(vee(i)), "queue", 1, T);
        }
        measurements.forget(Set.of(Subject.of(vee(3))));

        assertThat(measurements.take(Subject.of(vee(6)), "queue", 1, T)).isTrue();
    }

    @Test
    void aSeriesSilentForLongIsSweptAway() {
        measurements.take(Subject.of(vee(1)), "queue", 1, T);
        measurements.take(Subject.of(vee(2)), "queue", 1, T.plusSeconds(300));
        measurements.sweep(T.plusSeconds(660));

        assertThat(measurements.seriesCount()).isEqualTo(1);
    }

    @Test
    void theExpositionNamesEverySeriesOnceAndLeavesSilentOnesOut() {
        roster.note(vee(1), Labels.of(SHOP, "web").at(new HostId(3)));
        measurements.take(Subject.of(vee(1)), "vee.cpu.percent", 12.5, T);
        measurements.take(Subject.of(vee(1)), "a.b", 1, T);
        measurements.take(Subject.of(vee(1)), "a_b", 2, T);
        measurements.take(Subject.of(new HostId(3)), "host.vees", 4, T.minusSeconds(120));
        measurements.take(Subject.of(vee(2)), "queue", Double.NaN, T);

        assertThat(Exposition.of(measurements, T, MINUTE)).isEqualTo("""
                # TYPE reservoir_kpi gauge
                reservoir_kpi{component="web",host="host-3",kpi="a.b",service="service-1",vee="vee-1"} 1
                reservoir_kpi{component="web",host="host-3",kpi="a_b",service="service-1",vee="vee-1"} 2
                # TYPE reservoir_vee_cpu_percent gauge
                reservoir_vee_cpu_percent{component="web",host="host-3",service="service-1",vee="vee-1"} 12.5
                # TYPE reservoir_monitoring_series gauge
                reservoir_monitoring_series 4
                # TYPE reservoir_monitoring_samples_total counter
                reservoir_monitoring_samples_total 4
                # TYPE reservoir_monitoring_refused_total counter
                reservoir_monitoring_refused_total{reason="too_many_series"} 0
                reservoir_monitoring_refused_total{reason="bad_name"} 0
                reservoir_monitoring_refused_total{reason="not_a_number"} 1
                reservoir_monitoring_refused_total{reason="rate_limit"} 0
                reservoir_monitoring_refused_total{reason="no_hello"} 0
                reservoir_monitoring_refused_total{reason="unknown_vee"} 0
                reservoir_monitoring_refused_total{reason="bad_line"} 0
                """);
    }
}
