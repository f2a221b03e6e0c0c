package org.reservoir.bench.placement;

import java.util.List;

/** The peers of {@code placement.trace}: each pod, as it comes, onto the node of the least score; amounts are parts of the largest node's. */
enum TraceBaseline {
    /** Least left over, summed over what there is. */
    BEST_FIT {
        @Override
        double score(double[] free, double[] asked) {
            return free[0] - asked[0] + free[1] - asked[1] + free[2] - asked[2];
        }
    },
    /** Least product of what is free and what is asked for, as in the trace's simulator. */
    DOT_PRODUCT {
        @Override
        double score(double[] free, double[] asked) {
            return free[0] * asked[0] + free[1] * asked[1] + free[2] * asked[2];
        }
    },
    /** Most of that product (Tetris: Grandl et al., SIGCOMM 2014). */
    ALIGNMENT {
        @Override
        double score(double[] free, double[] asked) {
            return -DOT_PRODUCT.score(free, asked);
        }
    };

    abstract double score(double[] free, double[] asked);

    /** Keeps what is free on the nodes. */
    final class Cluster {
        private final List<OpenbTrace.Node> nodes;
        private final double[][] free;
        private final double[] largest = {1, 1, 1};

        Cluster(List<OpenbTrace.Node> nodes) {
            this.nodes = nodes;
            for (var node : nodes) {
                largest[0] = Math.max(largest[0], node.cpu());
                largest[1] = Math.max(largest[1], node.memory());
                largest[2] = Math.max(largest[2], node.gpu());
            }
            free = nodes.stream().map(node -> parts(node.cpu(), node.memory(), node.gpu())).toArray(double[][]::new);
        }

        private double[] parts(long cpu, long memory, long gpu) {
            return new double[] {cpu / largest[0], memory / largest[1], gpu / largest[2]};
        }

        /** The number of the node, or -1. */
        int place(OpenbTrace.Pod pod) {
            var asked = parts(pod.cpu(), pod.memory(), pod.gpu());
            int best = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int n = 0; n < free.length; n++) {
                if (pod.takes(nodes.get(n)) && fits(free[n], asked) && score(free[n], asked) < least) {
                    least = score(free[n], asked);
                    best = n;
                }
            }
            if (best >= 0) {
                change(best, asked, -1);
            }
            return best;
        }

        void release(OpenbTrace.Pod pod, int node) {
            change(node, parts(pod.cpu(), pod.memory(), pod.gpu()), 1);
        }

        private void change(int node, double[] asked, int sign) {
            for (int r = 0; r < asked.length; r++) {
                free[node][r] += sign * asked[r];
            }
        }

        private static boolean fits(double[] free, double[] asked) {
            return free[0] >= asked[0] - 1e-9 && free[1] >= asked[1] - 1e-9 && free[2] >= asked[2] - 1e-9;
        }
    }
}
