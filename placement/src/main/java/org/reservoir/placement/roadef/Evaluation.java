package org.reservoir.placement.roadef;

/**
 * What an assignment costs and how badly it breaks the rules, kept up to date while processes are moved at will: for solvers
 * that bring their own moves. Holds nothing that the {@link Referee} uses.
 */
public final class Evaluation {
    private final Instance in;
    private final int[] before;
    private final int[] at;
    private final Loads loads;
    private final Sites sites;
    private final Moves moves;
    /** Processes by service and machine; only services of several can be in conflict. */
    private final short[][] together;
    private int conflicts;

    public Evaluation(Instance instance, int[] before, int[] after) {
        in = instance;
        this.before = before.clone();
        at = before.clone();
        loads = new Loads(in, before, before);
        sites = new Sites(in, before);
        moves = new Moves(in, before, before);
        var size = new int[in.services];
        for (int s : in.service) {
            size[s]++;
        }
        together = new short[in.services][];
        for (int p = 0; p < in.processes; p++) {
            int s = in.service[p];
            if (size[s] > 1) {
                together[s] = together[s] == null ? new short[in.machines] : together[s];
                conflicts += together[s][at[p]]++ > 0 ? 1 : 0;
            }
        }
        for (int p = 0; p < in.processes; p++) {
            place(p, after[p]);
        }
    }

    public void place(int p, int to) {
        int from = at[p];
        int s = in.service[p];
        if (from == to) {
            return;
        }
        if (together[s] != null) {
            conflicts -= --together[s][from] > 0 ? 1 : 0;
            conflicts += together[s][to]++ > 0 ? 1 : 0;
        }
        loads.move(p, from, to);
        loads.settle(from);
        loads.settle(to);
        sites.move(s, from, to);
        moves.move(p, from, to);
        at[p] = to;
    }

    /** The total objective cost. */
    public long cost() {
        return loads.cost() + moves.cost();
    }

    /** Units over capacity, processes too many of a service on a machine, locations and dependencies that lack; 0 when feasible. */
    public long broken() {
        return loads.over() + conflicts + sites.lacking();
    }
}
