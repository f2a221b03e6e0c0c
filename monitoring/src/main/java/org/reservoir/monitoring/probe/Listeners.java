package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Those who listen to a source: what each wants, what each is told and sent. Guarded by the source's lock. */
final class Listeners {
    private record Listener(int number, Interest interest, Outlet outlet, Map<Schema, Running.Terms> terms) {
        Running.Terms terms(Schema schema) {
            return terms.computeIfAbsent(schema, it -> new Running.Terms(number, outlet, outlet.line(), interest.attributeBits(it), interest.leastGap().map(Duration::toMillis).orElse(0L)));
        }
    }

    private final Map<Integer, Listener> all = new LinkedHashMap<>();
    private int last;

    /** Gives its number. */
    int add(Interest interest, Outlet outlet) {
        all.put(++last, new Listener(last, interest, outlet, new HashMap<>()));
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
        link(running, number, running.links);
    }

    /** @param others links of this probe, among them those of the same line, whose numbers go on */
    private void link(Running running, int number, List<Running.Link> others) {
        var listener = all.get(number);
        if (listener.interest().wants(running.info)) {
            var schema = running.info.schema();
            var link = new Running.Link(listener.terms(schema), Gate.of(schema, running.settings.sending()));
            link.sequence = others.stream().filter(other -> other.terms.line() == link.terms.line()).mapToLong(other -> other.sequence).findFirst().orElse(running.highestSequence);
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
            var known = before.stream().filter(link -> link.terms.subscription() == number).findFirst();
            if (known.isPresent() && listener.interest().wants(running.info)) {
                running.link(known.get());
                tell(running, known.get());
            } else if (known.isPresent()) {
                ended.add(known.get());
            } else {
                link(running, number, before);
            }
        });
        ended.forEach(link -> end(running, link, "no longer of interest"));
    }

    /** Whether it was linked. */
    static boolean unlink(Running running, int number) {
        var ended = running.links.stream().filter(link -> link.terms.subscription() == number).toList();
        boolean linked = running.unlink(number);
        ended.forEach(link -> end(running, link, "unsubscribed"));
        return linked;
    }

    /** For who hears it by another subscription over the same line it goes on, less often perhaps. */
    private static void end(Running running, Running.Link ended, String why) {
        var others = running.links.stream().filter(link -> link.terms.line() == ended.terms.line()).toList();
        if (others.isEmpty()) {
            ended.terms.outlet().tell(running.info, StreamState.RETIRED, why, ended.sequence);
        }
        others.forEach(link -> tell(running, link));
    }

    /** What it is and how it is, to all who listen to it. */
    static void tell(Running running) {
        for (var link : running.links) {
            tell(running, link);
        }
    }

    private static void tell(Running running, Running.Link link) {
        var silence = Duration.ofMillis(Math.max(running.periodMillis(), link.gap(running.info.period())));
        link.terms.outlet().tell(running.info.silentUpTo(silence), running.state(), running.problem, link.sequence);
    }

    /** What was measured, to all for whom it is time and whose gate it passes. */
    static void send(Running running, Row row, long now) {
        for (int i = 0; i < running.links.size(); i++) {
            if (isFirstOfItsLine(running.links, i)) {
                sendOver(running, i, row, now);
            }
        }
    }

    private static boolean isFirstOfItsLine(List<Running.Link> links, int which) {
        for (int i = 0; i < which; i++) {
            if (links.get(i).terms.line() == links.get(which).terms.line()) {
                return false;
            }
        }
        return true;
    }

    /** Once for all subscriptions over a line, with what any of them wants of it: sent by each for itself, the listener would take the second for the first heard twice. */
    private static void sendOver(Running running, int first, Row row, long now) {
        var line = running.links.get(first).terms.line();
        Running.Link by = null;
        long wanted = 0;
        for (int i = first; i < running.links.size(); i++) {
            var link = running.links.get(i);
            if (link.terms.line() == line && link.isDue(now, running.info.period()) && link.gate.passes(row)) {
                link.sentAt = now;
                wanted |= link.terms.attributes();
                by = by == null ? link : by;
            }
        }
        if (by != null) {
            long number = by.sequence + 1;
            for (int i = first; i < running.links.size(); i++) {
                var link = running.links.get(i);
                link.sequence = link.terms.line() == line ? number : link.sequence;
            }
            running.highestSequence = Math.max(running.highestSequence, number);
            var outgoing = by.gate.outgoing(row);
            long present = outgoing.present();
            by.terms.outlet().take(running.info, number, outgoing.keep(wanted));
            outgoing.restore(present);
        }
    }
}
