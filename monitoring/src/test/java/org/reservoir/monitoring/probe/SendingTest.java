package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/** What of that which is measured is sent, to whom and how often. */
class SendingTest extends TurnedSource {
    @Test
    void aListenerGetsOnlyWhatItWantsAndAsOftenAsItWants() {
        add(new Scripted(1), ProbeSettings.every(SECOND));
        source.add("x.y", Subject.of(new VeeId(2)), Labels.of(new ServiceId(2), "db"), new Scripted(2), ProbeSettings.every(SECOND));
        var byService = new Heard();
        var byPrefix = new Heard();
        var byType = new Heard();
        var slow = new Heard();
        source.subscribe(Interest.inService(new ServiceId(2)), byService);
        source.subscribe(new Interest(Optional.empty(), "a.b", Optional.empty(), Optional.empty(), Set.of("jobs"), Optional.empty()), byPrefix);
        source.subscribe(Interest.inType("other"), byType);
        source.subscribe(Interest.inService(new ServiceId(1)).atMostEvery(Duration.ofSeconds(5)), slow);
        pass(10_000);

        assertThat(byService.items).hasSize(10).allMatch(item -> item.stream() == 2 && item.row().has(0));
        assertThat(byPrefix.items).allMatch(item -> item.stream() == 1 && !item.row().has(0) && item.row().has(1)).hasSize(10);
        assertThat(byType.items).isEmpty();
        assertThat(slow.items).hasSize(2);
        assertThat(slow.sequences()).containsExactly(1L, 2L);
    }

    @Test
    void whenAllWantItLessOftenItIsMeasuredLessOften() {
        var probe = new Scripted(1);
        add(probe, ProbeSettings.every(SECOND));
        source.subscribe(Interest.ALL.atMostEvery(Duration.ofSeconds(5)), heard);
        pass(20_000);

        assertThat(probe.measured).isEqualTo(4);
    }

    @Test
    void aSlowDriftIsSentBecauseItIsComparedWithWhatWasSentLast() {
        source.subscribe(Interest.ALL, heard);
        add(new Scripted(0, 1, 2, 3, 4, 5, 6, 7), ProbeSettings.every(SECOND).sending(new Transmission.DeadBand("load", 2.5, false, MINUTE)));
        pass(8000);

        assertThat(heard.numbers(0)).containsExactly(0.0, 3.0, 6.0);
        assertThat(heard.sequences()).as("what was not sent is no gap").containsExactly(1L, 2L, 3L);
    }

    @Test
    void onlyChangesAreSentYetSilenceIsNeverTooLong() {
        source.subscribe(Interest.ALL, heard);
        var constant = new Probe() {
            @Override
            public Schema schema() {
                return LOAD;
            }

            @Override
            public void measure(Row row) {
                row.set(0, now > 5000 ? 2.0 : 1.0).set(1, 7);
            }
        };
        add(constant, ProbeSettings.every(SECOND).sending(new Transmission.OnChange(Duration.ofSeconds(20))));
        pass(40_000);

        assertThat(heard.numbers(0)).containsExactly(1.0, 2.0, 2.0);
    }

    @Test
    void onlyWhatIsAboveItsLimitIsSent() {
        source.subscribe(Interest.ALL, heard);
        add(new Scripted(1, 95, 3, 99, 2), ProbeSettings.every(SECOND).sending(Transmission.Band.above("load", 90)));
        pass(5000);

        assertThat(heard.numbers(0)).as("the first says that it is there").containsExactly(1.0, 95.0, 99.0);
    }

    @Test
    void aSummaryTakesThePlaceOfManyMeasurements() {
        var fast = new Heard();
        source.subscribe(Interest.ALL, heard);
        source.subscribe(Interest.ALL, fast);
        add(new Scripted(1, 2, 3, 10, 20, 30, 40), ProbeSettings.every(SECOND).sending(new Transmission.Summary(Duration.ofSeconds(2), Aggregate.MEAN)));
        pass(7000);

        assertThat(heard.numbers(0)).as("the first window holds the measurement that opens it").containsExactly(2.0, 15.0, 35.0);
        assertThat(fast.numbers(0)).as("two listeners do not disturb each other").isEqualTo(heard.numbers(0));
    }

    @Test
    void aTransmissionThatNamesNoAttributeIsRefusedAndChangesNothing() {
        source.subscribe(Interest.ALL, heard);
        int stream = add(new Scripted(1), ProbeSettings.every(SECOND));
        var wrong = ProbeSettings.every(SECOND).sending(new Transmission.DeadBand("lod", 1, false, MINUTE));

        assertThatThrownBy(() -> source.change(stream, wrong)).hasMessageContaining("lod");
        assertThatThrownBy(() -> add(new Scripted(1), wrong)).isInstanceOf(Refused.class);
        pass(2000);
        assertThat(heard.items).hasSize(2);
        assertThat(source.streams()).hasSize(1);
    }
}
