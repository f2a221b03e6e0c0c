package org.reservoir.monitoring.plane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.Transmission;

class StationTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Remembers what it is given, and that it was closed. */
    private static final class Place implements Outlet, AutoCloseable {
        final List<String> rows = new ArrayList<>();
        final List<String> words = new ArrayList<>();
        boolean closed;

        @Override
        public void take(StreamInfo stream, long sequence, Row row) {
            rows.add("%s %d".formatted(stream.name(), row.whole(0)));
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why) {
            words.add("%s %s %s".formatted(stream.name(), state, why).strip());
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** As a table would. */
    private static final class Kept implements Memory {
        private org.reservoir.monitoring.probe.Budgets within = org.reservoir.monitoring.probe.Budgets.NONE;

        @Override
        public org.reservoir.monitoring.probe.Budgets budgets() {
            return within;
        }

        @Override
        public void keep(org.reservoir.monitoring.probe.Budgets asked) {
            within = asked;
        }

        final Map<String, Memory.Kept> table = new LinkedHashMap<>();

        @Override
        public List<Wanted> lasting() {
            return table.values().stream().filter(Memory.Kept::lasting).map(Memory.Kept::wanted).toList();
        }

        @Override
        public Optional<ProbeSettings> settings(String name) {
            return Optional.ofNullable(table.get(name)).map(kept -> kept.wanted().settings());
        }

        @Override
        public void keep(List<Memory.Kept> probes) {
            probes.forEach(kept -> table.put(kept.wanted().name(), kept));
        }

        @Override
        public void forget(List<String> names) {
            table.keySet().removeAll(names);
        }
    }

    private final Kinds kinds = new Kinds();
    private final Place place = new Place();
    private final Kept memory = new Kept();
    private final List<String> audited = new ArrayList<>();
    private Station station = begun();
    private long now;

    private Station begun() {
        var ports = new Station.Ports(to -> {
            if (to.equals("place")) {
                return place;
            }
            throw Refused.notFound("NO_SUCH_PLACE", "Nowhere.", "");
        }, memory, (by, _, order, answer) -> audited.add("%s %s %s".formatted(by, order.getClass().getSimpleName(), answer.getClass().getSimpleName())));
        return new Station(new SourceId(1), "here", kinds, ports, 0);
    }

    private Answer order(Order order) {
        return station.apply(order, "user-1");
    }

    private static Wanted counter(String name) {
        return new Wanted(name, "count", Map.of("start", "0"), Subject.of(new VeeId(7)), Labels.of(new ServiceId(3), "web"), ProbeSettings.every(SECOND));
    }

    private Shown shown(String name) {
        return ((Answer.Probes) order(new Order.List(Selection.named(name), 0, 10)).orThrow()).probes().getFirst();
    }

    private void pass(Duration time) {
        for (long until = now + time.toMillis(); now < until; ) {
            now += 10;
            station.turn(now, now);
        }
    }

    @Test
    void aProbeIsAddedSwitchedReratedRefilteredAndRemovedWhileAllRuns() {
        kinds.offer(new Counting("count"), "built in");
        order(new Order.Subscribe(Interest.ALL, "place"));
        assertThat(order(new Order.Add(counter("a")))).isEqualTo(new Answer.Added(1));
        pass(SECOND.multipliedBy(2));
        assertThat(place.rows).containsExactly("a 1", "a 2");

        order(new Order.Rate(Selection.named("a"), Duration.ofMillis(100)));
        pass(SECOND);
        assertThat(place.rows).hasSize(12);

        order(new Order.Filter(Selection.named("a"), new Transmission.DeadBand("n", 4, false, Duration.ofMinutes(1))));
        pass(SECOND);
        assertThat(place.rows).as("every fifth, and the first").hasSize(14);

        order(new Order.Switch(Selection.named("a"), false));
        pass(SECOND);
        assertThat(place.rows).hasSize(14);
        assertThat(place.words).last().isEqualTo("a OFF");

        order(new Order.Relabel(Selection.named("a"), Labels.NONE));
        order(new Order.Deliver(Selection.named("a"), Delivery.ACCOUNTING));
        assertThat(shown("a").settings().delivery()).isEqualTo(Delivery.ACCOUNTING);
        assertThat(order(new Order.Remove(Selection.named("a")))).isEqualTo(new Answer.Done(1, 0, ""));
        assertThat(place.words).last().isEqualTo("a RETIRED");
        assertThat(audited).containsExactly("user-1 Subscribe Subscribed", "user-1 Add Added", "user-1 Rate Done", "user-1 Filter Done", "user-1 Switch Done", "user-1 Relabel Done",
                "user-1 Deliver Done", "user-1 Remove Done");
    }

    @Test
    void thousandsAreOrderedAtOnceBySelection() {
        kinds.offer(new Counting("count"), "built in");
        for (int i = 0; i < 5000; i++) {
            order(new Order.Add(counter((i % 2 == 0 ? "even." : "odd.") + i)));
        }
        assertThat(order(new Order.Rate(Selection.prefix("even."), SECOND.multipliedBy(9)))).isEqualTo(new Answer.Done(2500, 0, ""));
        assertThat(shown("even.10").settings().period()).isEqualTo(SECOND.multipliedBy(9));
        assertThat(shown("odd.11").settings().period()).isEqualTo(SECOND);
        var ofService = new Selection(Set.of(), "odd.", Optional.empty(), Optional.of("count"), Optional.of(new ServiceId(3)), Optional.of("count"));
        assertThat(order(new Order.Switch(ofService, false))).isEqualTo(new Answer.Done(2500, 0, ""));
        var others = new Selection(Set.of(), "", Optional.empty(), Optional.empty(), Optional.of(new ServiceId(4)), Optional.empty());
        assertThat(order(new Order.Remove(others))).isEqualTo(new Answer.Done(0, 0, ""));
        assertThat(order(new Order.Remove(new Selection(Set.of(1, 2, 3, 9999), "", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))))
                .isEqualTo(new Answer.Done(3, 0, ""));
        assertThat(order(new Order.Remove(Selection.ALL))).isEqualTo(new Answer.Done(4997, 0, ""));
    }

    @Test
    void aListComesInPages() {
        kinds.offer(new Counting("count"), "built in");
        for (int i = 1; i <= 25; i++) {
            order(new Order.Add(counter("p" + i)));
        }
        var names = new ArrayList<String>();
        var page = (Answer.Probes) order(new Order.List(Selection.ALL, 0, 10));
        while (true) {
            page.probes().forEach(probe -> names.add(probe.name()));
            if (!page.more()) {
                break;
            }
            page = (Answer.Probes) order(new Order.List(Selection.ALL, page.probes().getLast().stream(), 10));
        }
        assertThat(names).hasSize(25).doesNotHaveDuplicates();
        assertThat(audited).as("lists are not audited").noneMatch(line -> line.contains("List"));
    }

    @Test
    void whatCannotBeDoneIsSaidAndChangesNothing() {
        kinds.offer(new Counting("count"), "built in");
        order(new Order.Add(counter("a")));
        assertThat(refusal(new Order.Add(counter("a")))).isEqualTo("PROBE_TAKEN");
        assertThat(refusal(new Order.Add(Wanted.of("b", "none", Subject.site(), ProbeSettings.every(SECOND))))).isEqualTo("NO_SUCH_KIND");
        assertThat(refusal(new Order.Add(counter("b").with(Map.of())))).isEqualTo("BAD_PROBE");
        assertThat(refusal(new Order.Add(counter("b").with(Map.of("start", "1", "colour", "red"))))).isEqualTo("BAD_PROBE");
        assertThat(refusal(new Order.Add(counter("b").with(Map.of("start", "x"))))).isEqualTo("BAD_PROBE");
        assertThat(refusal(new Order.Switch(Selection.named("b"), true))).isEqualTo("NO_SUCH_PROBE");
        assertThat(refusal(new Order.Filter(Selection.named("a"), new Transmission.DeadBand("load", 1, false, SECOND)))).isEqualTo("NO_SUCH_ATTRIBUTE");
        assertThat(refusal(new Order.Unsubscribe(9))).isEqualTo("NO_SUCH_SUBSCRIPTION");
        assertThat(refusal(new Order.Subscribe(Interest.ALL, "the moon"))).isEqualTo("NO_SUCH_PLACE");
        assertThat(shown("a").settings()).isEqualTo(ProbeSettings.every(SECOND));
        assertThat(order(new Order.Filter(Selection.prefix("a"), new Transmission.DeadBand("load", 1, false, SECOND)))).as("among many, who cannot is told")
                .isInstanceOfSatisfying(Answer.Done.class, done -> assertThat(done.firstWhy()).contains("have no 'load'"));
        assertThatThrownBy(() -> new Order.Rate(Selection.ALL, Duration.ofDays(2))).isInstanceOf(Refused.class);
    }

    private String refusal(Order order) {
        return ((Answer.NotDone) order(order)).code();
    }

    @Test
    void whatPeopleAddedAndAskedIsThereAgainAfterARestart() {
        kinds.offer(new Counting("count"), "built in");
        order(new Order.Add(counter("theirs"), true));
        order(new Order.Add(counter("ours")));
        order(new Order.Add(counter("gone"), true));
        order(new Order.Rate(Selection.ALL, SECOND.multipliedBy(7)));
        order(new Order.Remove(Selection.named("gone")));
        station.close();

        station = begun();
        order(new Order.Add(counter("ours")));
        assertThat(shown("theirs").settings().period()).isEqualTo(SECOND.multipliedBy(7));
        assertThat(shown("theirs").lasting()).isTrue();
        assertThat(shown("ours").settings().period()).as("its process adds it, people's wish goes over that").isEqualTo(SECOND.multipliedBy(7));
        assertThat(refusal(new Order.Switch(Selection.named("gone"), true))).isEqualTo("NO_SUCH_PROBE");
    }

    @Test
    void aProbeWhoseKindIsWithdrawnEndsAndComesAgainWithIt() {
        kinds.offer(new Counting("count"), "plug-in");
        order(new Order.Subscribe(Interest.ALL, "place"));
        order(new Order.Add(counter("a"), true));
        kinds.withdraw("count");
        assertThat(place.words).last().isEqualTo("a RETIRED its kind count was withdrawn");
        assertThat(shown("a").problem()).isEqualTo("there is no kind of probe count");
        order(new Order.Rate(Selection.named("a"), SECOND.multipliedBy(3)));
        assertThat(refusal(new Order.Add(counter("a")))).isEqualTo("PROBE_TAKEN");

        kinds.offer(new Counting("count"), "plug-in");
        assertThat(shown("a").problem()).isEmpty();
        assertThat(shown("a").settings().period()).isEqualTo(SECOND.multipliedBy(3));
        kinds.withdraw("count");
        order(new Order.Remove(Selection.named("a")));
        kinds.offer(new Counting("count"), "plug-in");
        assertThat(refusal(new Order.Switch(Selection.named("a"), true))).isEqualTo("NO_SUCH_PROBE");
    }

    @Test
    void aSubscriptionEndsWithItsOrderOrItsStation() {
        kinds.offer(new Counting("count"), "built in");
        order(new Order.Add(counter("a")));
        int number = ((Answer.Subscribed) order(new Order.Subscribe(Interest.ALL, "place"))).subscription();
        order(new Order.Unsubscribe(number));
        assertThat(place.closed).isTrue();
        assertThat(shown("a").measured()).as("nobody wants it").isFalse();
        place.closed = false;
        order(new Order.Subscribe(Interest.ALL, "place"));
        station.close();
        assertThat(place.closed).isTrue();
    }
}
