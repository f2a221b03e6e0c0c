package org.reservoir.placement.roadef;

/**
 * Trades one process for several: it goes to another machine, and from there processes go, to where it came from or elsewhere, as long as that saves; all is
 * judged as one. Large processes hardly ever find another of their size to change places with, and each single step of such a trade costs more than a walk that
 * has cooled may pay, so that without it they stay where the warm walk left them (after the "big process rearrangement" of Gavranović, Buljubašić and
 * Demirović, 2012).
 */
final class Exchange {
    /** How many processes may follow. */
    private static final int MOST = 8;
    /** So many of a machine's processes are looked at, at most, for each that follows. */
    private static final int LOOKS = 12;
    private final Assignment now;
    private final Dice dice;
    private final int[] process = new int[MOST + 1];
    private final int[] cameFrom = new int[MOST + 1];
    private int length;
    /** Where the process goes that was chosen to follow. */
    private int target;

    Exchange(Assignment now, Dice dice) {
        this.now = now;
        this.dice = dice;
    }

    /** Trades process {@code p} on its machine for some of those on machine {@code to} if that costs no more than the limit; otherwise all is as before. */
    boolean trade(int p, int to, long limit) {
        int from = now.at[p];
        length = 0;
        long change = now.weigh(p, to);
        if (change == Assignment.ANYTHING) {
            return false;
        }
        go(p, to);
        for (long saved = -1; saved < 0 && length <= MOST;) {
            saved = follow(p, from, to);
            change += saved;
        }
        if (change > limit) {
            takeBack();
            return false;
        }
        return true;
    }

    private void go(int q, int to) {
        process[length] = q;
        cameFrom[length++] = now.at[q];
        now.put(q, to);
    }

    /** Lets the process of the machine go whose going saves most. @return what that changes, 0 when there is none */
    private long follow(int first, int from, int machine) {
        int count = now.count(machine);
        int start = dice.below(count);
        long least = 0;
        int best = first;
        int to = from;
        for (int i = Math.min(LOOKS, count) - 1; i >= 0; i--) {
            int q = now.on(machine, (start + i) % count);
            long change = q == first ? 0 : cheaper(q, from);
            if (change < least) {
                least = change;
                best = q;
                to = target;
            }
        }
        if (least < 0) {
            go(best, to);
        }
        return least;
    }

    /** What it changes that a process goes there or to some other machine, which is then the target. */
    private long cheaper(int q, int from) {
        int other = dice.below(now.in.machines);
        long there = now.weigh(q, from);
        long elsewhere = now.weigh(q, other);
        target = there <= elsewhere ? from : other;
        return Math.min(there, elsewhere);
    }

    private void takeBack() {
        while (length > 0) {
            length--;
            now.put(process[length], cameFrom[length]);
        }
    }
}
