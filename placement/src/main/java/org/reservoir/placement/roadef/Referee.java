package org.reservoir.placement.roadef;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The official rules (problem statement, sections 1.2 and 1.3), computed from scratch. All moves happen at once; a process
 * that leaves a machine still takes its transient resources there.
 */
public final class Referee {
    private final Instance in;
    private final int[] before;

    /** @param before the original assignment */
    public Referee(Instance instance, int[] before) {
        this.in = instance;
        this.before = before.clone();
    }

    /** What the assignment breaks; empty when it is feasible. */
    public List<String> violations(int[] after) {
        var found = new ArrayList<String>();
        capacity(after, found);
        conflicts(after, found);
        spread(after, found);
        dependencies(after, found);
        return found;
    }

    private long[] usage(int[] after) {
        var usage = new long[in.machines * in.resources];
        for (int p = 0; p < in.processes; p++) {
            for (int r = 0; r < in.resources; r++) {
                usage[after[p] * in.resources + r] += in.requirement[p * in.resources + r];
            }
        }
        return usage;
    }

    private void capacity(int[] after, List<String> found) {
        var usage = usage(after);
        for (int p = 0; p < in.processes; p++) {
            for (int r = 0; r < in.resources && after[p] != before[p]; r++) {
                usage[before[p] * in.resources + r] += in.isTransient[r] ? in.requirement[p * in.resources + r] : 0;
            }
        }
        for (int i = 0; i < usage.length; i++) {
            if (usage[i] > in.capacity[i]) {
                found.add("machine %d, resource %d: %d of %d".formatted(i / in.resources, i % in.resources, usage[i], in.capacity[i]));
            }
        }
    }

    private void conflicts(int[] after, List<String> found) {
        var seen = new HashSet<Long>();
        for (int p = 0; p < in.processes; p++) {
            if (!seen.add((long) in.service[p] * in.machines + after[p])) {
                found.add("service %d twice on machine %d".formatted(in.service[p], after[p]));
            }
        }
    }

    private void spread(int[] after, List<String> found) {
        var locations = new HashMap<Integer, Set<Integer>>();
        for (int p = 0; p < in.processes; p++) {
            locations.computeIfAbsent(in.service[p], _ -> new HashSet<>()).add(in.location[after[p]]);
        }
        for (int s = 0; s < in.services; s++) {
            int spread = locations.getOrDefault(s, Set.of()).size();
            if (spread < in.spreadMin[s]) {
                found.add("service %d in %d locations of %d".formatted(s, spread, in.spreadMin[s]));
            }
        }
    }

    private void dependencies(int[] after, List<String> found) {
        Map<Integer, Set<Integer>> neighbourhoods = new HashMap<>();
        for (int p = 0; p < in.processes; p++) {
            neighbourhoods.computeIfAbsent(in.service[p], _ -> new HashSet<>()).add(in.neighbourhood[after[p]]);
        }
        for (int s = 0; s < in.services; s++) {
            for (int other : in.dependencies[s]) {
                if (!neighbourhoods.getOrDefault(other, Set.of()).containsAll(neighbourhoods.getOrDefault(s, Set.of()))) {
                    found.add("service %d is where service %d, which it depends on, is not".formatted(s, other));
                }
            }
        }
    }

    /** The total objective cost (section 1.3.6) of an assignment, feasible or not. */
    public long cost(int[] after) {
        var usage = usage(after);
        long cost = 0;
        for (int m = 0; m < in.machines; m++) {
            cost += machine(usage, m);
        }
        var moved = new int[in.services];
        int most = 0;
        for (int p = 0; p < in.processes; p++) {
            if (after[p] != before[p]) {
                cost += in.processMoveWeight * in.processMoveCost[p];
                most = Math.max(most, ++moved[in.service[p]]);
            }
            cost += in.machineMoveWeight * in.machineMoveCost[before[p] * in.machines + after[p]];
        }
        return cost + in.serviceMoveWeight * most;
    }

    private long machine(long[] usage, int m) {
        long cost = 0;
        for (int r = 0; r < in.resources; r++) {
            int i = m * in.resources + r;
            cost += in.loadWeight[r] * Math.max(0, usage[i] - in.safety[i]);
        }
        for (int b = 0; b < in.balances; b++) {
            int of = m * in.resources + in.balanceOf[b];
            int by = m * in.resources + in.balanceBy[b];
            long lacking = in.balanceTarget[b] * (in.capacity[of] - usage[of]) - (in.capacity[by] - usage[by]);
            cost += in.balanceWeight[b] * Math.max(0, lacking);
        }
        return cost;
    }
}
