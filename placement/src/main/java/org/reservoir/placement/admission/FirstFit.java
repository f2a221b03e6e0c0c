package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.reservoir.placement.Amounts;
import org.reservoir.placement.State;

/**
 * Proves that there is room by finding it in the plainest way: whoever needs a place, the biggest first, goes onto the first host that takes them, the fullest first; when none does, the smallest of a host
 * are sent on for them, if these may be anywhere, and need places then. What it finds are places, to the byte; what it does not find may be there. It touches nothing but notes of its own, so it costs
 * microseconds where {@link Rehousing}, which finds more, takes milliseconds; and where a site is nearly full, it still finds what {@link Slots} loses by rounding.
 */
final class FirstFit {
    /** So many are sent on from one host, and in one trial. */
    private static final int SENT_FROM_ONE = 8;
    static final int SENT = 1_000;
    /** So much is looked at for exchanges in one trial, VEEs and hosts: 20 000 VEEs that find no host cost more than the search that follows. */
    private static final int EXCHANGES = 100_000;

    private final State state;
    private final Needs needs;
    /** Hosts that take somebody, those with the least left first. */
    private final int[] order;
    private final List<Like> biggestFirst;

    // ---- of one trial

    private int trial;
    private int sent;
    private long looked;
    private long enough;
    private final Leftovers left;
    /** In which trial a host was down, or a VEE was sent on. */
    private final int[] down;
    private final int[] sentOn;
    private final Set<Long> met = new HashSet<>();

    /** VEEs that ask for the same. */
    private final class Like {
        private final Amounts amounts;
        private final int[] hosts;
        /** Among all, the biggest first. */
        private final int rank;

        private int begun;
        private int[] queue = new int[8];
        private int queued;
        /** What did not take one of them in this trial takes none of them any more; of hosts, of those from which others are sent on, and of those that are asked for exchanges. */
        private int next;
        private int tried;
        private int asked;
        /** Whether one that was to be sent on found no host in this trial. */
        private boolean full;

        Like(int rank) {
            this.rank = rank;
            amounts = needs.sizes[rank];
            hosts = Arrays.stream(order).filter(host -> left.fits(host, amounts)).toArray();
        }

        void begin() {
            if (begun != trial) {
                begun = trial;
                queued = 0;
                next = 0;
                tried = 0;
                asked = 0;
                full = false;
            }
        }

        void add(int vee) {
            begin();
            queue = queued == queue.length ? Arrays.copyOf(queue, 2 * queued) : queue;
            queue[queued++] = vee;
        }
    }

    /** @param way by what hosts are told to be full: 0 by all resources together, from 1 on by one of them */
    FirstFit(Needs needs, int way) {
        this.needs = needs;
        state = needs.state;
        left = new Leftovers(state);
        left.begin();
        var slack = new double[state.hosts()];
        Arrays.setAll(slack, host -> slack(host, way));
        order = Arrays.stream(needs.hosts).boxed().sorted(Comparator.comparingDouble((Integer host) -> slack[host])).mapToInt(host -> host).toArray();
        biggestFirst = IntStream.range(0, needs.sizes.length).mapToObj(Like::new).toList();
        down = new int[state.hosts()];
        sentOn = new int[state.vees()];
    }

    static int ways(State state) {
        return state.resources() + 1;
    }

    private double slack(int host, int way) {
        double slack = 0;
        for (int r = 0; r < needs.most.length; r++) {
            slack += way == 0 || way == r + 1 ? state.free(host, r) / needs.most[r] : 0;
        }
        return slack;
    }

    /** Those that ask for as much; null for one that asks for more than room. */
    private Like like(int vee) {
        return needs.sizeOf[vee] == Needs.SPECIAL ? null : biggestFirst.get(needs.sizeOf[vee]);
    }

    /** @param gone hosts that are down @param wanted VEEs that need a place besides those of theirs */
    boolean houses(int[] gone, int[] wanted) {
        trial++;
        left.begin();
        sent = 0;
        enough = Long.MAX_VALUE;
        met.clear();
        for (int host : gone) {
            down[host] = trial;
        }
        return needs.plain && Arrays.stream(gone).allMatch(host -> await(needs.there[host])) && await(wanted) && biggestFirst.stream().allMatch(this::house);
    }

    /** @return whether all can be judged by what they ask for */
    private boolean await(int[] vees) {
        for (int vee : vees) {
            var like = like(vee);
            if (like == null) {
                return false;
            }
            like.add(vee);
        }
        return true;
    }

    private boolean house(Like like) {
        like.begin();
        for (int i = 0; i < like.queued; i++) {
            i += houseAlike(like, i);
            if (i < like.queued && !house(like.queue[i], like) && !exchange(like.queue[i], like) && !makeWay(like.queue[i], like)) {
                return false;
            }
        }
        return true;
    }

    /** Those that wish for nothing but room, as many at once as a host takes: they are put where one by one they would be. @return how many, from this one on */
    private int houseAlike(Like like, int from) {
        int to = from;
        while (to < like.queued && needs.apart[like.queue[to]].length == 0 && !state.bound(like.queue[to])) {
            to++;
        }
        int waiting = to - from;
        for (int i = like.next; i < like.hosts.length && waiting > 0; i++) {
            int host = like.hosts[i];
            int more = down[host] == trial ? 0 : (int) Math.min(waiting, left.timesIn(host, like.amounts));
            if (more > 0) {
                left.give(host, like.amounts, -more);
                waiting -= more;
            }
            like.next = i == like.next && waiting > 0 ? i + 1 : like.next;
        }
        return to - from - waiting;
    }

    private boolean house(int vee, Like like) {
        for (int i = like.next; i < like.hosts.length; i++) {
            int host = like.hosts[i];
            looked++;
            if (down[host] == trial || !left.fits(host, like.amounts)) {
                like.next = i == like.next ? i + 1 : like.next;
            } else if (meets(vee, host)) {
                put(vee, host, like.amounts);
                return true;
            }
        }
        return false;
    }

    /** From a host where much is left the smallest are sent on, so that it takes this one. */
    private boolean makeWay(int vee, Like like) {
        while (like.tried < order.length && sent < SENT) {
            int host = order[order.length - ++like.tried];
            if (down[host] != trial && meets(vee, host) && sendOn(host, like)) {
                put(vee, host, like.amounts);
                return true;
            }
        }
        return false;
    }

    /** One of any size is sent on to where it fits, so that its host takes this one: what lacks one resource changes places with what lacks another. */
    private boolean exchange(int vee, Like like) {
        enough = Math.min(enough, looked + EXCHANGES);
        for (; like.asked < order.length && looked < enough; like.asked++) {
            int host = order[order.length - 1 - like.asked];
            if (down[host] != trial && meets(vee, host) && Arrays.stream(needs.there[host]).anyMatch(other -> mayGo(other, like) && changes(other, host, like))) {
                put(vee, host, like.amounts);
                return true;
            }
        }
        return false;
    }

    private boolean mayGo(int other, Like like) {
        var its = like(other);
        return its != null && its != like && !(its.begun == trial && its.full) && sentOn[other] != trial && !state.bound(other);
    }

    private boolean changes(int other, int host, Like like) {
        var its = like(other);
        its.begin();
        looked++;
        left.give(host, its.amounts, 1);
        boolean enough = left.fits(host, like.amounts);
        left.give(host, its.amounts, -1);
        if (!enough) {
            return false;
        }
        down[host] = trial; // for this moment: it shall go elsewhere
        its.full = !house(other, its);
        down[host] = 0;
        if (its.full) {
            return false;
        }
        sentOn[other] = trial;
        left.give(host, its.amounts, 1);
        return true;
    }

    private boolean sendOn(int host, Like like) {
        int count = 0;
        var leave = new int[SENT_FROM_ONE];
        for (int i = needs.there[host].length - 1; i >= 0 && count < SENT_FROM_ONE && !left.fits(host, like.amounts); i--) {
            int vee = needs.there[host][i];
            if (needs.sizeOf[vee] > like.rank && sentOn[vee] != trial && !state.bound(vee)) {
                leave[count++] = vee;
                left.give(host, like(vee).amounts, 1);
            }
        }
        boolean enough = left.fits(host, like.amounts);
        for (int i = 0; i < count; i++) {
            if (enough) {
                sentOn[leave[i]] = trial;
                like(leave[i]).add(leave[i]);
                sent++;
            } else {
                left.give(host, like(leave[i]).amounts, -1);
            }
        }
        return enough;
    }

    /** Whether others of its groups let it in: those that were there, and in this trial none at all. */
    private boolean meets(int vee, int host) {
        for (int group : needs.apart[vee]) {
            if (met.contains((long) group * down.length + host)) {
                return false;
            }
        }
        return !state.bound(vee) || state.permits(vee, host);
    }

    private void put(int vee, int host, Amounts amounts) {
        left.give(host, amounts, -1);
        for (int group : needs.apart[vee]) {
            met.add((long) group * down.length + host);
        }
    }
}
