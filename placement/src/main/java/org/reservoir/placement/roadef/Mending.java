package org.reservoir.placement.roadef;

/**
 * Mends broken rules of spread and dependency on purpose. A walk that cools leaves few of them, but those are knots: whoever is moved to meet one breaks another,
 * and chance undoes none when each step costs more than is allowed. As in WalkSAT (Selman, Kautz, Cohen 1994) one of those that are broken is drawn and the least
 * bad of some moves that meet it is made, whatever it breaks elsewhere; the walk then makes good what that cost.
 */
final class Mending {
    /** So many rules are mended at a time, at most. */
    private static final int STEPS = 40;
    /** Moves that are looked at for each. */
    private static final int LOOKS = 48;
    /** One of so many steps makes the first move that comes, so that it does not go in circles. */
    private static final int NOISE = 8;
    private final Assignment now;
    private final Dice dice;
    private final int[][] members;

    Mending(Assignment now, Dice dice) {
        this.now = now;
        this.dice = dice;
        members = now.in.members();
    }

    /** Changes the walk's place, whatever that costs, until all rules of these kinds are kept or many steps have been made. */
    void mend() {
        for (int i = 0; i < STEPS && now.lacking() > 0; i++) {
            step();
        }
    }

    private void step() {
        var broken = now.broken(dice);
        int looks = dice.below(NOISE) == 0 ? 1 : LOOKS;
        long least = Assignment.ANYTHING;
        int process = -1;
        int machine = -1;
        for (int i = 0; i < LOOKS && looks > 0; i++) {
            int p = candidate(broken);
            int to = dice.below(now.in.machines);
            long change = meets(broken, p, to) ? now.weigh(p, to) : Assignment.ANYTHING;
            looks -= change < Assignment.ANYTHING ? 1 : 0;
            if (change < least) {
                least = change;
                process = p;
                machine = to;
            }
        }
        if (process >= 0) {
            now.put(process, machine);
        }
    }

    private int candidate(Broken broken) {
        var candidates = members[dice.below(2) == 0 ? broken.service() : broken.needed()];
        return candidates[dice.below(candidates.length)];
    }

    /** Whether one that is needed comes, or one that needs it goes. */
    private boolean meets(Broken broken, int p, int to) {
        boolean comes = now.in.neighbourhood[to] == broken.neighbourhood();
        boolean goes = !comes && now.in.neighbourhood[now.at[p]] == broken.neighbourhood();
        return broken.isSpread() || (now.in.service[p] == broken.needed() ? comes : goes);
    }

    /** A service that needs another in a neighbourhood, or, where the neighbourhood is negative, more locations. */
    record Broken(int service, int neighbourhood, int needed) {
        static Broken spread(int service) {
            return new Broken(service, -1, service);
        }

        boolean isSpread() {
            return neighbourhood < 0;
        }
    }
}
