package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

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

/** Of whom a peer may tell: nobody is taken for another who bears, or bore, the same id here. */
class PeerEarsTest {
    private static final ServiceId SHOP = new ServiceId(1);
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.LONG));

    private final Roster roster = new Roster();
    private final PeerEars peers = new PeerEars(new Ears(List.of()), roster);

    private boolean admits(long vee) {
        var shops = new Labels(Optional.of(SHOP), Optional.of("web"), Optional.empty());
        return peers.terms(SHOP).admits(new StreamInfo(new SourceId(1), 1, "load", Subject.of(new VeeId(vee)), shops, LOAD, Duration.ofSeconds(1), Duration.ofSeconds(9), Delivery.CONTROL));
    }

    @Test
    void aPeersVeeIsNotTakenForOneOfOursThatBearsItsId() {
        roster.note(new VeeId(1), new Labels(Optional.of(SHOP), Optional.of("web"), Optional.empty()));
        roster.note(new VeeId(2), new Labels(Optional.of(new ServiceId(2)), Optional.of("web"), Optional.empty()));
        roster.note(new VeeId(3), Labels.NONE);
        roster.note(new VeeId(4), new Labels(Optional.of(SHOP), Optional.of("web"), Optional.empty()));
        roster.forget(new VeeId(4));
        roster.given(new VeeId(6)); // ended before this server began
        assertThat(admits(1)).as("one of the service").isTrue();
        assertThat(admits(2)).as("another service's").isFalse();
        assertThat(admits(3)).as("no service's").isFalse();
        assertThat(admits(4)).as("one that ended").isFalse();
        assertThat(admits(6)).as("one that nobody remembers").isFalse();
        assertThat(admits(7)).as("nobody's here").isTrue();
    }
}
