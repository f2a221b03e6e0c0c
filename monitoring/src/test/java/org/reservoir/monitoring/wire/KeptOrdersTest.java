package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.kinds.TestSignal;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Memory;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Shown;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.Transmission;

/** What an agent was ordered, after it was killed and begins again with the same file. */
class KeptOrdersTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path folder;
    private final List<String> sent = new ArrayList<>();
    private KeptOrders kept;
    private Station station;
    private long now;

    private final class Place implements Outlet {
        @Override
        public void take(StreamInfo stream, long sequence, Row row) {
            sent.add(stream.name());
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why) {
            // what is sent is enough here
        }
    }

    private void begin() {
        kept = KeptOrders.open(folder.resolve("orders"));
        var kinds = new Kinds();
        kinds.offer(TestSignal.kind(), "built in");
        station = new Station(new SourceId(1), "agent-1", kinds, new Station.Ports(_ -> new Place(), kept, (_, _, _, _) -> { }), now);
    }

    /** Nothing is closed in order: what was answered is all there is. */
    private void killed() throws IOException {
        kept.close();
        sent.clear();
        begin();
    }

    @AfterEach
    void end() throws IOException {
        kept.close();
    }

    private static Wanted signal(String name) {
        return Wanted.of(name, "test.signal", Subject.of(new HostId(3)), ProbeSettings.every(SECOND));
    }

    private Answer order(Order order) {
        return station.apply(order, "user-1").orThrow();
    }

    private Shown shown(String name) {
        return ((Answer.Probes) order(new Order.List(Selection.named(name), 0, 1))).probes().getFirst();
    }

    private void pass(int seconds) {
        for (long until = now + 1000L * seconds; now < until; now += 100) {
            station.turn(now, now);
        }
    }

    @Test
    void probesThatWereAddedSwitchedReratedAndFilteredAreSoAgain() throws IOException {
        begin();
        var band = new Transmission.DeadBand("test.count", 4, false, SECOND);
        order(new Order.Add(signal("theirs"), true));
        order(new Order.Add(signal("gone"), true));
        order(new Order.Add(signal("ours")));
        order(new Order.Rate(Selection.ALL, SECOND.multipliedBy(7)));
        order(new Order.Filter(Selection.named("theirs"), band));
        order(new Order.Switch(Selection.named("ours"), false));
        order(new Order.Remove(Selection.named("gone")));
        killed();
        order(new Order.Add(signal("ours"))); // as its own configuration says
        assertThat(shown("theirs").settings()).isEqualTo(ProbeSettings.every(SECOND.multipliedBy(7)).sending(band));
        assertThat(shown("ours").settings()).isEqualTo(ProbeSettings.every(SECOND.multipliedBy(7)).switched(false));
        assertThat(station.apply(new Order.List(Selection.named("gone"), 0, 1), "user-1")).isInstanceOf(Answer.NotDone.class);
    }

    @Test
    void aProbeOfTheProcessItselfThatWasRemovedStaysAwayAlsoWhenItWasAddedAgainMeanwhile() throws IOException {
        begin();
        order(new Order.Add(signal("own")));
        order(new Order.Add(signal("theirs"), true));
        order(new Order.Remove(Selection.prefix("")));
        killed();
        assertThat(kept.isRemoved("own")).isTrue();
        assertThat(kept.isRemoved("theirs")).isFalse();
        order(new Order.Add(signal("own"), true));
        killed();
        assertThat(shown("own").kind()).isEqualTo("test.signal");
        assertThat(kept.isRemoved("own")).as("there is one already").isTrue();
        order(new Order.Remove(Selection.named("own")));
        for (int period = 1; period < 4_000; period++) { // until the log is written anew
            kept.keep(List.of(new Memory.Kept(signal("other").asked(ProbeSettings.every(SECOND.plusMillis(period))), true)));
        }
        killed();
        assertThat(kept.isRemoved("own")).isTrue();
    }

    @Test
    void aBudgetSlowsAndASubscriptionIsSentToAgain() throws IOException {
        begin();
        order(new Order.Subscribe(Interest.ALL, "one"));
        int second = ((Answer.Subscribed) order(new Order.Subscribe(Interest.ALL, "two"))).subscription();
        order(new Order.Unsubscribe(1));
        order(new Order.Budget(new Budgets(Double.POSITIVE_INFINITY, 2)));
        for (int i = 0; i < 10; i++) {
            order(new Order.Add(signal("p" + i), true));
        }
        killed();
        pass(60);
        assertThat(sent).as("ten a second without the budget, once to each").hasSizeBetween(60, 200);
        order(new Order.Unsubscribe(second));
        sent.clear();
        killed();
        pass(10);
        assertThat(sent).isEmpty();
    }

    @Test
    void whatWasTornOffIsCutAwayAndTheRestHolds() throws IOException {
        begin();
        order(new Order.Add(signal("first"), true));
        order(new Order.Add(signal("second"), true));
        kept.close();
        var file = folder.resolve("orders");
        var whole = Files.readAllBytes(file);
        for (int lost : new int[] {1, 5, whole.length / 2 - 1}) {
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length - lost));
            begin();
            assertThat(kept.lasting()).extracting(Wanted::name).containsExactly("first");
            kept.close();
        }
        Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, StandardOpenOption.APPEND);
        begin();
        assertThat(kept.lasting()).hasSize(1);
        order(new Order.Add(signal("third"), true));
        killed();
        assertThat(kept.lasting()).extracting(Wanted::name).containsExactly("first", "third");
    }

    @Test
    void anEverlastingToAndFroTakesABoundedFile() throws IOException {
        kept = KeptOrders.open(folder.resolve("orders"));
        for (int i = 1; i <= 60; i++) {
            var period = Duration.ofMillis(i);
            kept.keep(IntStream.range(0, 50).mapToObj(probe -> new Memory.Kept(signal("probe." + probe % 10).asked(ProbeSettings.every(period)), true)).toList());
        }
        assertThat(Files.size(folder.resolve("orders"))).isLessThan(100_000);
        kept.close();
        kept = KeptOrders.open(folder.resolve("orders"));
        assertThat(kept.lasting()).hasSize(10);
        assertThat(kept.settings("probe.9").orElseThrow().period()).isEqualTo(Duration.ofMillis(60));
        assertThatThrownBy(() -> KeptOrders.open(folder.resolve("orders"))).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("ORDERS_UNUSABLE"));
    }
}
