package org.reservoir.placement.lease;

/** Hosts in the order of their scores, the highest first, among equals in the order given; sorted only as far as is asked for, since most leases need few of them. */
final class Ranking {
    private final int[] hosts;
    private final double[] scores;
    /** Of those that were not asked for yet, their places in {@link #hosts}. */
    private final int[] heap;
    private int left;
    /** Of those that were. */
    private final int[] order;

    /** @param scores of each host */
    Ranking(int[] hosts, double[] scores) {
        this.hosts = hosts;
        this.scores = scores;
        left = hosts.length;
        heap = new int[left];
        order = new int[left];
        for (int i = 0; i < left; i++) {
            heap[i] = i;
        }
        for (int i = left / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    int size() {
        return hosts.length;
    }

    /** @param place from 0 on */
    int host(int place) {
        while (hosts.length - left <= place) {
            order[hosts.length - left] = heap[0];
            heap[0] = heap[--left];
            sink(0);
        }
        return hosts[order[place]];
    }

    private void sink(int at) {
        int moving = heap[at];
        int child = 2 * at + 1;
        while (child < left) {
            child = child + 1 < left && before(heap[child + 1], heap[child]) ? child + 1 : child;
            if (!before(heap[child], moving)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
            child = 2 * at + 1;
        }
        heap[at] = moving;
    }

    private boolean before(int one, int other) {
        int compared = Double.compare(scores[other], scores[one]);
        return compared < 0 || compared == 0 && one < other;
    }
}
