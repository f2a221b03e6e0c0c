package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every reservation of the site that is not over, by start and by end, and what is free on each host when. Reservations with equal times keep the order in which
 * they were put in. Between {@link #mark} and {@link #keep} or {@link #rollBack} it remembers what was changed.
 */
final class SlotTable {
    /** @param turn counts what was put in */
    record Key(long time, long turn) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(turn, other.turn);
        }
    }

    private record Done(long time, long turn, Run run) implements Comparable<Done> {
        @Override
        public int compareTo(Done other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(turn, other.turn);
        }

        boolean holds() {
            return run.listed() && run.doneAt == time;
        }
    }

    private record Change(Reservation reservation, Key startKey, Key endKey, boolean added) {}

    private final HostTimeline[] lines;
    private final int cpu;
    private final NavigableMap<Key, Reservation> byStart = new TreeMap<>();
    private final NavigableMap<Key, Reservation> byEnd = new TreeMap<>();
    /** When work will be done of itself, earliest first; entries that no longer hold are passed over. */
    private final PriorityQueue<Done> done = new PriorityQueue<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private long turns;
    private long version;
    private final Room room = new Room(this);

    SlotTable(LeaseSite site) {
        lines = site.hosts().stream().map(host -> new HostTimeline(host.capacity())).toArray(HostTimeline[]::new);
        cpu = site.cpu();
    }

    int hosts() {
        return lines.length;
    }

    HostTimeline line(int host) {
        return lines[host];
    }

    /** Grows with every change. */
    long version() {
        return version;
    }

    Room room() {
        return room;
    }

    void lose(int host, boolean gone) {
        lines[host].lose(gone);
        version++;
    }

    void add(Reservation reservation) {
        put(reservation, new Key(reservation.start, turns), new Key(reservation.end, turns));
        turns++;
        note(reservation, true);
    }

    void remove(Reservation reservation) {
        if (!reservation.listed()) {
            throw new IllegalStateException("%s is not in the table".formatted(reservation));
        }
        note(reservation, false);
        take(reservation);
    }

    private void put(Reservation reservation, Key startKey, Key endKey) {
        if (reservation.listed()) {
            throw new IllegalStateException("%s is in the table already".formatted(reservation));
        }
        reservation.startKey = startKey;
        reservation.endKey = endKey;
        byStart.put(startKey, reservation);
        byEnd.put(endKey, reservation);
        for (int i = 0; i < reservation.hosts.length; i++) {
            lines[reservation.hosts[i]].add(reservation, reservation.amounts[i]);
        }
        if (reservation instanceof Run run && run.doneAt != Reservation.NEVER) {
            done.add(new Done(run.doneAt, startKey.turn, run));
        }
        version++;
    }

    private void take(Reservation reservation) {
        byStart.remove(reservation.startKey);
        byEnd.remove(reservation.endKey);
        reservation.startKey = null;
        reservation.endKey = null;
        for (int host : reservation.hosts) {
            lines[host].remove(reservation);
        }
        version++;
    }

    private void note(Reservation reservation, boolean added) {
        if (!marks.isEmpty()) {
            changes.add(new Change(reservation, reservation.startKey, reservation.endKey, added));
        }
    }

    void mark() {
        marks.add(changes.size());
    }

    void keep() {
        marks.removeLast();
        if (marks.isEmpty()) {
            changes.clear();
        }
    }

    /** Call it before the times of reservations are put back. */
    void rollBack() {
        int to = marks.removeLast();
        while (changes.size() > to) {
            var change = changes.removeLast();
            if (change.added) {
                take(change.reservation);
            } else {
                change.reservation.start = change.startKey.time;
                change.reservation.end = change.endKey.time;
                put(change.reservation, change.startKey, change.endKey);
            }
        }
    }

    List<Reservation> startingAt(long time) {
        return listed(byStart.subMap(lowest(time), lowest(time + 1)));
    }

    List<Reservation> endingAt(long time) {
        return listed(byEnd.subMap(lowest(time), lowest(time + 1)));
    }

    List<Reservation> endingAfter(long time) {
        return listed(byEnd.tailMap(lowest(time + 1)));
    }

    List<Reservation> startingAfter(long time) {
        return listed(byStart.tailMap(lowest(time + 1)));
    }

    /** One walk: a part of a sorted map counts its entries anew whenever it is asked for its size. */
    private static List<Reservation> listed(Map<?, Reservation> part) {
        var list = new ArrayList<Reservation>();
        for (var each : part.values()) {
            list.add(each);
        }
        return list;
    }

    /** Those that start or end at that time or later, by start. */
    List<Reservation> from(long time) {
        return byStart.values().stream().filter(each -> each.startKey.time >= time || each.endKey.time >= time).toList();
    }

    /** The leases that have a part of any host between the two times, by id. */
    List<Lease> leasesBetween(long from, long until) {
        var leases = new TreeSet<Lease>(Comparator.comparingLong(LeaseView::id));
        for (var each : byStart.headMap(lowest(until)).values()) {
            if (each.takesTime() && each.end > from) {
                leases.add(each.lease);
            }
        }
        return List.copyOf(leases);
    }

    /** When next something starts or ends, after that time; {@link Reservation#NEVER} if nothing does. */
    long nextChange(long time) {
        var start = byStart.ceilingKey(lowest(time + 1));
        var end = byEnd.ceilingKey(lowest(time + 1));
        return Math.min(start == null ? Reservation.NEVER : start.time, end == null ? Reservation.NEVER : end.time);
    }

    private static Key lowest(long time) {
        return new Key(time, Long.MIN_VALUE);
    }

    /** When next a lease's work will be done of itself, after that time. */
    long nextDone(long time) {
        while (!done.isEmpty() && (done.peek().time <= time || !done.peek().holds())) {
            done.remove();
        }
        return done.isEmpty() ? Reservation.NEVER : done.peek().time;
    }

    /** Runs whose work is done at that time, by their planned end. */
    List<Run> doneAt(long time) {
        var these = new LinkedHashSet<Run>();
        while (!done.isEmpty() && done.peek().time <= time) {
            var head = done.remove();
            if (head.time == time && head.holds()) {
                these.add(head.run);
            }
        }
        return these.stream().sorted(Comparator.comparing((Run run) -> run.endKey)).toList();
    }

    /** No host has any processor left at that time. */
    boolean isFull(long time) {
        for (var line : lines) {
            if (line.free(line.at(time)).amount(cpu) != 0) {
                return false;
            }
        }
        return true;
    }
}
