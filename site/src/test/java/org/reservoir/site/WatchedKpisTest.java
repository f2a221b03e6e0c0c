package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Priority;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.servicemanager.Window;

class WatchedKpisTest {
    private static final ServiceId SHOP = new ServiceId(1);
    private final long[] nanos = {0};
    private final WatchedKpis kpis = new WatchedKpis((_, _, _, _, _) -> Window.EMPTY, () -> nanos[0]);

    private Priority priority(Subject subject, Labels labels, String attribute) {
        return kpis.priority(new StreamInfo(new SourceId(1), 1, "s", subject, labels, Schema.of("t", Schema.Attribute.of("other", ValueType.LONG), Schema.Attribute.of(attribute, ValueType.DOUBLE)),
                Duration.ofSeconds(1), Duration.ofSeconds(1), Delivery.CONTROL));
    }

    @Test
    void whatARuleOfTheServiceAsksForIsPinnedForAsLongAsItDoes() {
        var web = Labels.of(SHOP, "web");
        assertThat(priority(Subject.of(new VeeId(7)), web, "queue")).isEqualTo(Priority.NORMAL);
        assertThat(kpis.of(SHOP, List.of("web"), "queue", Duration.ofMinutes(1), Instant.EPOCH)).isEqualTo(Window.EMPTY);

        assertThat(priority(Subject.of(new VeeId(7)), web, "queue")).isEqualTo(Priority.PINNED);
        assertThat(priority(Subject.of(SHOP), Labels.NONE, "queue")).isEqualTo(Priority.PINNED);
        assertThat(priority(Subject.of(new VeeId(7)), web, "latency")).isEqualTo(Priority.NORMAL);
        assertThat(priority(Subject.of(new VeeId(8)), Labels.of(new ServiceId(2), "web"), "queue")).as("of another service").isEqualTo(Priority.NORMAL);
        assertThat(priority(Subject.site(), Labels.NONE, "queue")).isEqualTo(Priority.NORMAL);

        nanos[0] = Duration.ofMinutes(16).toNanos();
        assertThat(priority(Subject.of(new VeeId(7)), web, "queue")).isEqualTo(Priority.NORMAL);
    }
}
