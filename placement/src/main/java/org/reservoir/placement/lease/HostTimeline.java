package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * What of one host is free, and how many leases are on it, from when on: sorted arrays, searched by bisection, merged anew from the reservations by start and by
 * end when they are asked for after a change. Neighbouring stretches differ in what is free or in whose they are.
 */
final class HostTimeline {
    /** @param until copied, since the reservation's own end may have been changed before it is taken out */
    private record Held(Reservation reservation, Quantity amount, long from, long until) {}

    private final Quantity capacity;
    private final Quantity nothing;
    private boolean lost;
    private final List<Held> byStart = new ArrayList<>();
    private final List<Held> byEnd = new ArrayList<>();
    private boolean stale = true;
    private int size;
    private long[] from = new long[4];
    private Quantity[] free = new Quantity[4];
    private int[] leases = new int[4];

    HostTimeline(Quantity capacity) {
        this.capacity = capacity;
        this.nothing = capacity.minus(capacity);
    }

    void add(Reservation reservation, Quantity amount) {
        var held = new Held(reservation, amount, reservation.start, reservation.end);
        byStart.add(after(byStart, held.from, Held::from), held);
        byEnd.add(after(byEnd, held.until, Held::until), held);
        stale = true;
    }

    private static int after(List<Held> sorted, long time, ToLongFunction<Held> key) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (key.applyAsLong(sorted.get(middle)) <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    void remove(Reservation reservation) {
        byStart.removeIf(held -> held.reservation == reservation);
        byEnd.removeIf(held -> held.reservation == reservation);
        stale = true;
    }

    /** @param gone from now on there is nothing of it; otherwise it is there again */
    void lose(boolean gone) {
        lost = gone;
        stale = true;
    }

    boolean lost() {
        return lost;
    }

    Quantity whole() {
        return lost ? nothing : capacity;
    }

    /** The stretch that holds that moment. */
    int at(long time) {
        if (stale) {
            build();
        }
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (from[middle] <= time) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    int size() {
        at(0);
        return size;
    }

    long from(int stretch) {
        return from[stretch];
    }

    /** When the stretch ends: {@link Reservation#NEVER} for the last. */
    long until(int stretch) {
        return stretch + 1 < size ? from[stretch + 1] : Reservation.NEVER;
    }

    Quantity free(int stretch) {
        return free[stretch];
    }

    int leases(int stretch) {
        return leases[stretch];
    }

    /** What would be free if those leases were not there. */
    Quantity freeWithout(int stretch, Set<Lease> preempted) {
        if (preempted.isEmpty()) {
            return free[stretch];
        }
        long time = from[stretch];
        var left = whole();
        for (var held : byStart) {
            if (held.from <= time && time < held.until && !preempted.contains(held.reservation.lease)) {
                left = left.minus(held.amount);
            }
        }
        return left;
    }

    private void build() {
        stale = false;
        size = 0;
        append(Long.MIN_VALUE, whole(), 0);
        var on = new HashMap<Lease, Integer>();
        int s = 0;
        int e = 0;
        while (e < byEnd.size()) {
            long time = s < byStart.size() ? Math.min(byStart.get(s).from, byEnd.get(e).until) : byEnd.get(e).until;
            var changed = new HashMap<Lease, Integer>();
            var left = free[size - 1];
            for (; e < byEnd.size() && byEnd.get(e).until == time; e++) {
                left = gone(byEnd.get(e), left, on, changed);
            }
            for (; s < byStart.size() && byStart.get(s).from == time; s++) {
                left = come(byStart.get(s), left, on, changed);
            }
            left = capacity.simple() ? left : recount(time);
            boolean sameLeases = changed.entrySet().stream().allMatch(entry -> (entry.getValue() > 0) == on.containsKey(entry.getKey()));
            if (!sameLeases || !left.equals(free[size - 1])) {
                append(time, left, on.size());
            }
        }
    }

    private Quantity gone(Held held, Quantity left, Map<Lease, Integer> on, Map<Lease, Integer> before) {
        if (held.from == held.until) {
            return left;
        }
        before.putIfAbsent(held.reservation.lease, on.getOrDefault(held.reservation.lease, 0));
        on.computeIfPresent(held.reservation.lease, (_, count) -> count == 1 ? null : count - 1);
        return capacity.simple() ? left.plus(held.amount) : left;
    }

    private Quantity come(Held held, Quantity left, Map<Lease, Integer> on, Map<Lease, Integer> before) {
        if (held.from == held.until) {
            return left;
        }
        before.putIfAbsent(held.reservation.lease, on.getOrDefault(held.reservation.lease, 0));
        on.merge(held.reservation.lease, 1, Integer::sum);
        return capacity.simple() ? left.minus(held.amount) : left;
    }

    /** Instances are filled in the order of start, so that a later one never moves an earlier one. */
    private Quantity recount(long time) {
        var left = whole();
        for (var held : byStart) {
            if (held.from <= time && time < held.until) {
                left = left.minus(held.amount);
            }
        }
        return left;
    }

    private void append(long time, Quantity left, int count) {
        if (size == from.length) {
            from = Arrays.copyOf(from, 2 * size);
            free = Arrays.copyOf(free, 2 * size);
            leases = Arrays.copyOf(leases, 2 * size);
        }
        from[size] = time;
        free[size] = left;
        leases[size++] = count;
    }
}
