package org.reservoir.placement.roadef;

import java.util.Arrays;

/** What it costs that processes are not where they were: by process, by machine, and by the service that moves most. */
final class Moves {
    private final Instance in;
    private final int[] home;
    private final int[] moved;
    /** How many services have so many processes moved. */
    private final int[] servicesWith;
    /** The processes that are not where they were, in no order, and where each stands in that list. */
    private final int[] away;
    private final int[] position;
    private int absent;
    private int most;
    private long cost;

    Moves(Instance instance, int[] before, int[] at) {
        in = instance;
        home = before.clone();
        moved = new int[in.services];
        servicesWith = new int[in.processes + 2];
        away = new int[in.processes];
        position = new int[in.processes];
        servicesWith[0] = in.services;
        for (int p = 0; p < in.processes; p++) {
            move(p, home[p], at[p]);
        }
    }

    /** No process's move costs more, its service's part included. */
    long dearest() {
        long machine = Arrays.stream(in.machineMoveCost).max().orElse(0);
        long process = Arrays.stream(in.processMoveCost).max().orElse(0);
        return in.machineMoveWeight * machine + in.processMoveWeight * process + in.serviceMoveWeight;
    }

    long cost() {
        return cost + in.serviceMoveWeight * most;
    }

    /** What it costs, but for its service's part, that a process is on a machine. */
    long cost(int p, int m) {
        return m == home[p] ? 0 : in.processMoveWeight * in.processMoveCost[p] + in.machineMoveWeight * in.machineMoveCost[home[p] * in.machines + m];
    }

    /** By how many processes more its service has moved after one moves. */
    int change(int p, int from, int to) {
        return (to == home[p] ? 0 : 1) - (from == home[p] ? 0 : 1);
    }

    /** How the services' part changes when so many more processes of one service and of another have moved. */
    long weigh(int s, int change, int other, int otherChange) {
        if (change == 0 && otherChange == 0) {
            return 0;
        }
        int old = most;
        count(s, change);
        count(other, otherChange);
        long difference = in.serviceMoveWeight * (most - old);
        count(other, -otherChange);
        count(s, -change);
        return difference;
    }

    void move(int p, int from, int to) {
        cost += cost(p, to) - cost(p, from);
        int change = change(p, from, to);
        count(in.service[p], change);
        if (change > 0) {
            position[p] = absent;
            away[absent++] = p;
        } else if (change < 0) {
            int last = away[--absent];
            away[position[p]] = last;
            position[last] = position[p];
        }
    }

    /** How many processes are not where they were. */
    int absent() {
        return absent;
    }

    int absentee(int i) {
        return away[i];
    }

    private void count(int s, int change) {
        if (change == 0) {
            return;
        }
        servicesWith[moved[s]]--;
        moved[s] += change;
        servicesWith[moved[s]]++;
        if (moved[s] > most) {
            most = moved[s];
        } else if (servicesWith[most] == 0) {
            most--;
        }
    }
}
