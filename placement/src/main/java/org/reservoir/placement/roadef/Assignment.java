package org.reservoir.placement.roadef;

import java.util.Arrays;

/**
 * An assignment with everything that makes a move cheap to judge. It may break rules of capacity, spread and dependency (not
 * that of conflict): each unit over capacity and each rule broken has a price, so that a search can cross what it may not
 * end in. Costs are exact.
 */
final class Assignment {
    /** A limit that nothing exceeds. */
    static final long ANYTHING = Long.MAX_VALUE >>> 1;
    final Instance in;
    final int[] at;
    private final Loads loads;
    private final Sites sites;
    private final Moves moves;
    private final Lists lists;
    /** No two processes save more by going home. */
    private final long mostSaved;
    private long unitPrice;
    private long rulePrice;
    /** What the last move that was weighed to the end changes, broken rules at their price. */
    private long delta;

    Assignment(Instance instance, int[] before, int[] after) {
        in = instance;
        at = after.clone();
        loads = new Loads(in, before, after);
        sites = new Sites(in, after);
        moves = new Moves(in, before, after);
        lists = new Lists(in.machines, after);
        mostSaved = 2 * moves.dearest();
    }

    /** What a unit over capacity and a broken rule cost from now on; at first they cost nothing. */
    void prices(long unit, long rule) {
        unitPrice = unit;
        rulePrice = rule;
    }

    long cost() {
        return loads.cost() + moves.cost();
    }

    /** The part of the cost that is not moves. */
    long loadCost() {
        return loads.cost();
    }

    /** The cost, and what is broken at its price. */
    long price() {
        return cost() + unitPrice * loads.over() + rulePrice * sites.lacking();
    }

    /** How many rules of spread and dependency are broken. */
    int lacking() {
        return sites.lacking();
    }

    /** One of them, by chance. */
    Mending.Broken broken(Dice dice) {
        return sites.broken(dice);
    }

    boolean isFeasible() {
        return loads.over() == 0 && sites.lacking() == 0;
    }

    long delta() {
        return delta;
    }

    /** Moves a process if that costs no more than the limit, broken rules at their price. */
    boolean shift(int p, int to, long limit) {
        int from = at[p];
        int s = in.service[p];
        delta = Long.MAX_VALUE;
        if (from == to || sites.isThere(s, to)) {
            return false;
        }
        long toCost = loads.weigh(to, p, loads.nobody, bearable(to, from, limit));
        if (toCost == Loads.TOO_MUCH) {
            return false;
        }
        long toOver = loads.lastOver();
        long moving = moves.cost(p, to) - moves.cost(p, from) + toCost - loads.cost(to);
        long over = toOver - loads.over(to);
        if (isHopeless(moving - loads.cost(from) + unitPrice * (over - loads.over(from)), limit)) {
            return false;
        }
        long fromCost = loads.weigh(from, loads.nobody, p, Long.MAX_VALUE);
        long fromOver = loads.lastOver();
        moving += fromCost - loads.cost(from);
        over += fromOver - loads.over(from);
        long judged = moving + unitPrice * over;
        if (isHopeless(judged, limit)) {
            return false;
        }
        judged += moves.weigh(s, moves.change(p, from, to), s, 0);
        int broken = sites.isFree(s) ? 0 : sites.weigh(s, from, to);
        delta = judged + rulePrice * broken;
        if (delta > limit) {
            return false;
        }
        go(p, from, to);
        loads.settle(from, fromCost, fromOver);
        loads.settle(to, toCost, toOver);
        return true;
    }

    /** Lets two processes change machines if that costs no more than the limit, broken rules at their price. */
    boolean swap(int p, int q, long limit) {
        int mp = at[p];
        int mq = at[q];
        int sp = in.service[p];
        int sq = in.service[q];
        delta = Long.MAX_VALUE;
        if (mp == mq || sp != sq && (sites.isThere(sp, mq) || sites.isThere(sq, mp))) {
            return false;
        }
        long costP = loads.weigh(mp, q, p, bearable(mp, mq, limit));
        if (costP == Loads.TOO_MUCH) {
            return false;
        }
        long overP = loads.lastOver();
        long moving = moves.cost(p, mq) - moves.cost(p, mp) + moves.cost(q, mp) - moves.cost(q, mq) + costP - loads.cost(mp);
        long over = overP - loads.over(mp);
        if (isHopeless(moving - loads.cost(mq) + unitPrice * (over - loads.over(mq)), limit)) {
            return false;
        }
        long costQ = loads.weigh(mq, p, q, bearable(mq, mp, limit));
        if (costQ == Loads.TOO_MUCH) {
            return false;
        }
        long overQ = loads.lastOver();
        moving += costQ - loads.cost(mq);
        over += overQ - loads.over(mq);
        long judged = moving + unitPrice * over;
        if (isHopeless(judged, limit)) {
            return false;
        }
        judged += moves.weigh(sp, moves.change(p, mp, mq), sq, moves.change(q, mq, mp));
        if (sp != sq && !(sites.isFree(sp) && sites.isFree(sq))) {
            int broken = sites.move(sp, mp, mq) + sites.move(sq, mq, mp);
            delta = judged + rulePrice * broken;
            sites.move(sq, mp, mq);
            sites.move(sp, mq, mp);
        } else {
            delta = judged;
        }
        if (delta > limit) {
            return false;
        }
        go(p, mp, mq);
        go(q, mq, mp);
        loads.settle(mp, costP, overP);
        loads.settle(mq, costQ, overQ);
        return true;
    }

    /**
     * By how much a machine may come to be over capacity when another, which can at best become free of charge, changes with
     * it, and moves cost the least that they can.
     */
    private long bearable(int m, int other, long limit) {
        if (sites.lacking() > 0 || unitPrice == 0) {
            return Long.MAX_VALUE;
        }
        return loads.over(m) + loads.over(other) + (limit + loads.cost(m) + loads.cost(other) + mostSaved) / unitPrice;
    }

    /** Whether what is still to be added, services' moves and rules that are mended, cannot make up for it. */
    private boolean isHopeless(long delta, long limit) {
        return delta - 2 * in.serviceMoveWeight > limit && sites.lacking() == 0;
    }

    /** What moving a process changes, broken rules at their price; {@link #ANYTHING} where it may not go. */
    long weigh(int p, int to) {
        int from = at[p];
        int s = in.service[p];
        if (from == to || sites.isThere(s, to)) {
            return ANYTHING;
        }
        long change = loads.weigh(to, p, loads.nobody, Long.MAX_VALUE) - loads.cost(to) + unitPrice * (loads.lastOver() - loads.over(to));
        change += loads.weigh(from, loads.nobody, p, Long.MAX_VALUE) - loads.cost(from) + unitPrice * (loads.lastOver() - loads.over(from));
        change += moves.cost(p, to) - moves.cost(p, from) + moves.weigh(s, moves.change(p, from, to), s, 0);
        return change + (sites.isFree(s) ? 0 : rulePrice * sites.weigh(s, from, to));
    }

    /** Moves a process to where it may go. */
    void put(int p, int to) {
        int from = at[p];
        go(p, from, to);
        loads.settle(from);
        loads.settle(to);
    }

    /** How many processes are not where they were. */
    int absent() {
        return moves.absent();
    }

    /** One of those, in no order. */
    int absentee(int i) {
        return moves.absentee(i);
    }

    /** How many processes are on a machine. */
    int count(int m) {
        return lists.count(m);
    }

    /** One of those on a machine, in no order. */
    int on(int m, int i) {
        return lists.on(m, i);
    }

    private void go(int p, int from, int to) {
        lists.move(p, from, to);
        loads.move(p, from, to);
        sites.move(in.service[p], from, to);
        moves.move(p, from, to);
        at[p] = to;
    }

    int[] copy() {
        return Arrays.copyOf(at, at.length);
    }

    /** Becomes another assignment. */
    void become(int[] other) {
        for (int p = 0; p < at.length; p++) {
            int from = at[p];
            if (from != other[p]) {
                put(p, other[p]);
            }
        }
    }
}
