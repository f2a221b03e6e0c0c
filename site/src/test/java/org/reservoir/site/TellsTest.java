package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.ValueType;

class TellsTest {
    private static final Schema LOAD = Schema.of("kpi", Schema.Attribute.of("load", ValueType.LONG));
    private static final Labels WEB = Labels.of(new ServiceId(1), "web");

    private final Roster roster = new Roster();

    private boolean mayTell(Tells tells, Subject of, Labels labels) {
        return tells.covers(new StreamInfo(new SourceId(1), 1, "any.name", of, labels, LOAD, Duration.ofSeconds(1), Duration.ofSeconds(3), Delivery.CONTROL), roster);
    }

    @Test
    void ofAHostItMayTellAndOfTheVeesThatAreOnItNow() {
        var tells = Tells.asked("host-3", Optional.empty(), List.of());
        var vee = new VeeId(7);
        assertThat(mayTell(tells, Subject.of(new HostId(3)), Labels.NONE)).isTrue();
        assertThat(mayTell(tells, Subject.of(new HostId(4)), Labels.NONE.at(new HostId(3)))).as("whatever its labels say").isFalse();
        assertThat(mayTell(tells, Subject.site(), Labels.NONE)).isFalse();
        assertThat(mayTell(tells, Subject.of(vee), WEB.at(new HostId(3)))).as("nobody knows of it").isFalse();
        roster.note(vee, WEB.at(new HostId(3)));
        assertThat(mayTell(tells, Subject.of(vee), WEB)).isTrue();
        assertThat(mayTell(tells, Subject.of(vee), Labels.NONE)).isTrue();
        assertThat(mayTell(tells, Subject.of(vee), Labels.of(new ServiceId(2), "web"))).as("it would cross another service's border").isFalse();
        assertThat(mayTell(tells, Subject.of(new ServiceId(1)), Labels.NONE)).as("a replica is not the service").isFalse();
        roster.note(vee, WEB.at(new HostId(4)));
        assertThat(mayTell(tells, Subject.of(vee), WEB)).as("it moved").isFalse();
    }

    @Test
    void whatIsNamedItMayTellOfAndOfNothingElse() {
        var tells = Tells.asked("queues", Optional.empty(), List.of("service-1", "vee-7"));
        assertThat(mayTell(tells, Subject.of(new ServiceId(1)), Labels.of(new ServiceId(1), "web"))).isTrue();
        assertThat(mayTell(tells, Subject.of(new ServiceId(1)), Labels.of(new ServiceId(2), "web"))).isFalse();
        assertThat(mayTell(tells, Subject.of(new VeeId(7)), Labels.NONE)).isTrue();
        assertThat(mayTell(tells, Subject.of(new VeeId(8)), Labels.NONE)).isFalse();
        assertThat(mayTell(Tells.NOTHING, Subject.of(new VeeId(7)), Labels.NONE)).isFalse();
        assertThat(Tells.written(tells.written())).isEqualTo(tells);
        assertThat(Tells.written("")).isEqualTo(Tells.NOTHING);
    }

    @Test
    void aKeyOfNothingIsNotMade() {
        assertThatThrownBy(() -> Tells.asked("queues", Optional.empty(), List.of())).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("AGENT_OF_NOTHING"));
        assertThatThrownBy(() -> Tells.asked("queues", Optional.of("here"), List.of())).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> Tells.asked("queues", Optional.empty(), List.of("moon-1"))).isInstanceOf(Refused.class);
        assertThat(Tells.asked("queues", Optional.of("host-9"), List.of("service-1")).written()).isEqualTo("service-1 host-9");
    }
}
