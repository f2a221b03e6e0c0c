package org.reservoir.placement;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * A tournament over all hosts for one {@link Shape}: the best host is known at the root, and a change of one host costs
 * one path to the root. It follows the state's log of changes lazily, when it is asked.
 */
final class ShapeIndex {
    private final State state;
    private final IntToDoubleFunction scores;
    private final double[] best;
    private final int leaves;
    private long seen;
    private int[] heap = new int[64];
    private int waiting;

    ShapeIndex(State state, IntToDoubleFunction scores) {
        this.state = state;
        this.scores = scores;
        this.leaves = Math.max(1, Integer.highestOneBit(Math.max(1, state.hosts.size() - 1)) << 1);
        this.best = new double[2 * leaves];
        rebuild();
    }

    private void rebuild() {
        Arrays.fill(best, Shape.NOT_HERE);
        for (int host = 0; host < state.hosts.size(); host++) {
            best[leaves + host] = scores.applyAsDouble(host);
        }
        for (int node = leaves - 1; node > 0; node--) {
            best[node] = Math.max(best[2 * node], best[2 * node + 1]);
        }
        seen = state.changes.count();
    }

    private void follow() {
        if (state.changes.count() - seen > Math.min(state.changes.remembered(), leaves / 4 + 8)) {
            rebuild();
        }
        while (seen < state.changes.count()) {
            update(state.changes.host(seen++));
        }
    }

    private void update(int host) {
        int node = leaves + host;
        double score = scores.applyAsDouble(host);
        if (best[node] == score) {
            return;
        }
        best[node] = score;
        for (node >>= 1; node > 0; node >>= 1) {
            double now = Math.max(best[2 * node], best[2 * node + 1]);
            if (best[node] == now) {
                return;
            }
            best[node] = now;
        }
    }

    /** The first host of the highest score that no rule excludes, or {@link State#NOWHERE}. */
    int best(Rule[] rules) {
        follow();
        return rules.length == 0 ? champion() : bestAllowed(rules);
    }

    private int champion() {
        if (best[1] == Shape.NOT_HERE) {
            return State.NOWHERE;
        }
        int node = 1;
        while (node < leaves) {
            node = best[2 * node] == best[node] ? 2 * node : 2 * node + 1;
        }
        return node - leaves;
    }

    /** Best first: opens the most promising range that is left, until that is a single host. */
    private int bestAllowed(Rule[] rules) {
        waiting = 0;
        push(1, rules);
        while (waiting > 0) {
            int node = pop();
            if (node >= leaves) {
                return node - leaves;
            }
            push(2 * node, rules);
            push(2 * node + 1, rules);
        }
        return State.NOWHERE;
    }

    private void push(int node, Rule[] rules) {
        if (best[node] == Shape.NOT_HERE || Rule.anyExcludes(rules, firstHost(node), lastHost(node))) {
            return;
        }
        if (waiting == heap.length) {
            heap = Arrays.copyOf(heap, 2 * waiting);
        }
        int at = waiting++;
        while (at > 0 && before(node, heap[(at - 1) / 2])) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = node;
    }

    private int pop() {
        int top = heap[0];
        int last = heap[--waiting];
        int at = 0;
        for (int child = 1; child < waiting; child = 2 * at + 1) {
            child += child + 1 < waiting && before(heap[child + 1], heap[child]) ? 1 : 0;
            if (!before(heap[child], last)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return top;
    }

    private boolean before(int node, int other) {
        return best[node] != best[other] ? best[node] > best[other] : firstHost(node) < firstHost(other);
    }

    private int firstHost(int node) {
        int depth = 31 - Integer.numberOfLeadingZeros(node);
        return (node << 31 - Integer.numberOfLeadingZeros(leaves) - depth) - leaves;
    }

    private int lastHost(int node) {
        int width = 31 - Integer.numberOfLeadingZeros(leaves) - (31 - Integer.numberOfLeadingZeros(node));
        return Math.min((node + 1 << width) - leaves, state.hosts.size()) - 1;
    }
}
