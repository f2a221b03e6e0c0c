package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Those who listen to a source: what each wants, what each is told and sent. Guarded by the source's lock. */
final class Listeners {
    private record Listener(Interest interest, Outlet outlet) {}

    private final Map<Integer, Listener> all = new LinkedHashMap<>();
    private int last;

    /** Gives its number. */
    int add(Interest interest, Outlet outlet) {
        all.put(++last, new Listener(interest, outlet));
        return last;
    }

    void remove(int number) {
        all.remove(number);
    }

    void burst() {
        all.values().forEach(listener -> listener.outlet().burst());
    }

    void rest() {
        all.values().forEach(listener -> listener.outlet().rest());
    }

    void alive(SourceInfo source) {
        all.values().forEach(listener -> listener.outlet().alive(source));
    }

    /** Links a new probe with all who want it. */
    void link(Running running) {
        all.keySet().forEach(number -> link(running, number));
    }

    /** Links a probe with that listener if it wants it, which is told so. */
    void link(Running running, int number) {
        var interest = all.get(number).interest();
        if (interest.wants(running.info)) {
            var link = new Running.Link(number, all.get(number).outlet(), interest.attributeBits(running.info.schema()),
                    interest.leastGap().map(Duration::toMillis).orElse(0L), Gate.of(running.info.schema(), running.settings.sending()));
            link.sequence = running.highestSequence;
            running.link(link);
            tell(running, link);
        }
    }

    /** Looks anew who wants it. Who still does keeps its place in the sequence; others are told that it ends for them. */
    void relink(Running running) {
        var before = running.links;
        var ended = new ArrayList<Running.Link>();
        running.links = List.of();
        all.forEach((number, listener) -> {
            var known = before.stream().filter(link -> link.subscription == number).findFirst();
            if (known.isPresent() && listener.interest().wants(running.info)) {
                running.link(known.get());
                tell(running, known.get());
            } else if (known.isPresent()) {
                ended.add(known.get());
            } else {
                link(running, number);
            }
        });
        ended.forEach(link -> end(running, link, "no longer of interest"));
    }

    /** Whether it was linked. */
    static boolean unlink(Running running, int number) {
        var ended = running.links.stream().filter(link -> link.subscription == number).toList();
        boolean linked = running.unlink(number);
        ended.forEach(link -> end(running, link, "unsubscribed"));
        return linked;
    }

    /** To who hears it by another subscription over the same line it goes on, from the highest number it heard. */
    private static void end(Running running, Running.Link ended, String why) {
        var others = running.links.stream().filter(link -> link.outlet.line() == ended.outlet.line()).toList();
        if (others.isEmpty()) {
            ended.outlet.tell(running.info, StreamState.RETIRED, why, ended.sequence);
        }
        others.forEach(link -> {
            link.sequence = Math.max(link.sequence, ended.sequence);
            tell(running, link);
        });
    }

    /** What it is and how it is, to all who listen to it. */
    static void tell(Running running) {
        running.links.forEach(link -> tell(running, link));
    }

    private static void tell(Running running, Running.Link link) {
        var silence = Duration.ofMillis(Math.max(running.periodMillis(), link.gap(running.info.period())));
        link.outlet.tell(running.info.silentUpTo(silence), running.state(), running.problem, link.sequence);
    }

    /** What was measured, to all for whom it is time and whose gate it passes. */
    static void send(Running running, Row row, long now) {
        for (int i = 0; i < running.links.size(); i++) {
            var link = running.links.get(i);
            long gap = link.gap(running.info.period());
            boolean tooSoon = gap > 0 && link.sentAt != Long.MIN_VALUE && now - link.sentAt < gap;
            if (!tooSoon && link.gate.passes(row)) {
                link.sentAt = now;
                var outgoing = link.gate.outgoing(row);
                long present = outgoing.present();
                running.highestSequence = Math.max(running.highestSequence, ++link.sequence);
                link.outlet.take(running.info, link.sequence, outgoing.keep(link.attributes));
                outgoing.restore(present);
            }
        }
    }
}
