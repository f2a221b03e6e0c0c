package org.reservoir.bench.placement;

import java.util.Arrays;
import java.util.List;

/** Judges where pods are, from the trace's own numbers; shares nothing with placement. */
final class TraceReferee {
    private static final int DEVICE = 1000;
    private final List<OpenbTrace.Node> nodes;
    private final List<OpenbTrace.Pod> pods;
    /** Of each pod: the number of its node, or -1. */
    private final int[] at;

    TraceReferee(List<OpenbTrace.Node> nodes, List<OpenbTrace.Pod> pods, int[] at) {
        this.nodes = nodes;
        this.pods = pods;
        this.at = at;
    }

    /** Nodes with too little of something, and pods on devices that they may not have. */
    int broken() {
        var left = new long[nodes.size()][];
        Arrays.setAll(left, n -> new long[] {nodes.get(n).cpu(), nodes.get(n).memory(), nodes.get(n).gpu()});
        int wrong = 0;
        for (int p = 0; p < at.length; p++) {
            if (at[p] >= 0) {
                left[at[p]][0] -= pods.get(p).cpu();
                left[at[p]][1] -= pods.get(p).memory();
                left[at[p]][2] -= pods.get(p).gpu();
                wrong += pods.get(p).takes(nodes.get(at[p])) ? 0 : 1;
            }
        }
        return wrong + (int) Arrays.stream(left).filter(rest -> Arrays.stream(rest).anyMatch(amount -> amount < 0)).count();
    }

    /** Thousandths of devices that are taken, of all there are. */
    double allocated() {
        long taken = 0;
        for (int p = 0; p < at.length; p++) {
            taken += at[p] < 0 ? 0 : pods.get(p).gpu();
        }
        return (double) taken / nodes.stream().mapToLong(OpenbTrace.Node::gpu).sum();
    }

    int placed() {
        return (int) Arrays.stream(at).filter(node -> node >= 0).count();
    }

    /** Pods whose share would be torn over two devices when each node deals out its devices, largest share first, each onto the fullest that takes it. */
    int torn() {
        int torn = 0;
        for (int n = 0; n < nodes.size(); n++) {
            var devices = new long[(int) (nodes.get(n).gpu() / DEVICE)];
            int node = n;
            var shares = java.util.stream.IntStream.range(0, at.length).filter(p -> at[p] == node && pods.get(p).gpu() > 0).mapToLong(p -> pods.get(p).gpu()).boxed()
                    .sorted(java.util.Comparator.reverseOrder()).toList();
            for (long share : shares) {
                torn += share >= DEVICE ? whole(devices, share / DEVICE) : part(devices, share);
            }
        }
        return torn;
    }

    private static int whole(long[] devices, long count) {
        long missing = count;
        for (int d = 0; d < devices.length && missing > 0; d++) {
            if (devices[d] == 0) {
                devices[d] = DEVICE;
                missing--;
            }
        }
        return missing > 0 ? 1 : 0;
    }

    private static int part(long[] devices, long share) {
        int best = -1;
        for (int d = 0; d < devices.length; d++) {
            if (devices[d] + share <= DEVICE && (best < 0 || devices[d] > devices[best])) {
                best = d;
            }
        }
        if (best >= 0) {
            devices[best] += share;
        }
        return best < 0 ? 1 : 0;
    }
}
