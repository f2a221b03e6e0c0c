package org.reservoir.monitoring.plane;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.monitoring.plane.Memory.Kept;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Effort;
import org.reservoir.monitoring.probe.Numbered;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** The probes of a station by number and by name: those that run, and those that wait for their kind. Guarded by its station's lock. */
final class Roll {
    /** Those that wait have numbers beyond all streams. */
    private static final int FIRST_WAITING = 1 << 30;

    private final Numbered<Kept> running = new Numbered<>();
    private final Numbered<Kept> waiting = new Numbered<>();
    private final Map<String, Integer> names = new HashMap<>();
    private int lastWaiting = FIRST_WAITING;

    boolean has(String name) {
        return names.containsKey(name);
    }

    int size() {
        return names.size();
    }

    static boolean waits(int number) {
        return number > FIRST_WAITING;
    }

    Kept of(int number) {
        return find(number).orElseThrow(() -> new IllegalStateException("there is no probe " + number));
    }

    private Optional<Kept> find(int number) {
        return among(number).of(number);
    }

    private Numbered<Kept> among(int number) {
        return waits(number) ? waiting : running;
    }

    /** Notes a probe that runs, new or other than before. */
    void put(int number, Kept kept) {
        among(number).put(number, kept);
        names.put(kept.wanted().name(), number);
    }

    void await(Kept kept) {
        put(++lastWaiting, kept);
    }

    void remove(int number) {
        among(number).remove(number).ifPresent(gone -> names.remove(gone.wanted().name(), number));
    }

    List<Integer> waitingFor(String kind) {
        return of(kind, waiting);
    }

    List<Integer> runningOf(String kind) {
        return of(kind, running);
    }

    private static List<Integer> of(String kind, Numbered<Kept> among) {
        return among.numbers().stream().filter(number -> among.of(number).orElseThrow().wanted().kind().equals(kind)).toList();
    }

    /** By number, those that wait last. */
    List<Integer> selected(Selection of, DataSource source) {
        var selected = new ArrayList<Integer>();
        if (of.name().isPresent()) {
            select(of, Optional.ofNullable(names.get(of.name().get())).map(List::of).orElse(List.of()), source, selected);
        } else if (!of.streams().isEmpty()) {
            select(of, of.streams().stream().filter(number -> find(number).isPresent()).sorted().toList(), source, selected);
        } else {
            select(of, running.numbers(), source, selected);
            select(of, waiting.numbers(), source, selected);
        }
        return selected;
    }

    private void select(Selection of, Collection<Integer> among, DataSource source, List<Integer> selected) {
        for (int number : among) {
            if (of.takes(number, of(number).wanted(), () -> waits(number) ? Optional.<StreamInfo>empty() : Optional.of(source.info(number)))) {
                selected.add(number);
            }
        }
    }

    /** Some of the probes as they are, for who asks page by page. */
    Answer page(List<Integer> selected, int after, int most, DataSource source) {
        var all = selected.stream().filter(stream -> stream > after).sorted().toList();
        var shown = all.stream().limit(most).map(stream -> shown(stream, source)).toList();
        return new Answer.Probes(shown, all.size() > shown.size());
    }

    private Shown shown(int stream, DataSource source) {
        var kept = of(stream);
        var wanted = kept.wanted();
        if (waits(stream)) {
            return new Shown(stream, wanted.name(), wanted.kind(), wanted.parameters(), wanted.settings(), StreamState.OFF, false, kept.lasting(),
                    "there is no kind of probe %s".formatted(wanted.kind()), Effort.NONE);
        }
        var status = source.stream(stream);
        return new Shown(stream, wanted.name(), wanted.kind(), wanted.parameters(), status.settings(), status.state(), status.measured(), kept.lasting(), status.problem(), status.effort());
    }
}
