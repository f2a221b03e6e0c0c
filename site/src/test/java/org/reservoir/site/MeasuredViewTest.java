package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.reservoir.gateways.MeasurementsView.Reading;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Onlookers;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;

class MeasuredViewTest {
    @Test
    void theNewestValuesComeByKindAndNumberAndThenByNameAndWhatIsTooManyIsTheEnd() {
        var now = Instant.parse("2026-01-01T00:00:00Z");
        var measurements = new Measurements(new Measurements.Bounds(100, 16, 100, Duration.ofHours(1)), new Roster());
        for (int i : new int[] {10, 9, 1}) {
            measurements.take(Subject.of(new VeeId(i)), "b.load", i, now);
            measurements.take(Subject.of(new VeeId(i)), "a.load", i, now);
            measurements.take(Subject.of(new HostId(i)), "a.load", i, now);
        }
        var view = new MeasuredView(measurements, new Onlookers(new Roster(), () -> now), () -> now);
        assertThat(view.latest(Optional.empty(), Optional.of("a.load"), 5)).extracting(Reading::subject).containsExactly("host-1", "host-9", "host-10", "vee-1", "vee-9");
        assertThat(view.latest(Optional.of("vee-9"), Optional.empty(), 5)).extracting(Reading::metric).containsExactly("a.load", "b.load");
    }
}
