package org.reservoir.bench.veem;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

import org.reservoir.bench.Report;

/** The same work by us and by somebody else, in turn, so that what else the machine does meets both. The first {@link #WARM_UP} turns of each are not told. */
final class Turns {
    static final int WARM_UP = 3;

    private final String peer;
    private final List<Double> ours = new ArrayList<>();
    private final List<Double> theirs = new ArrayList<>();

    /** @param peer who else does it */
    Turns(String peer) {
        this.peer = peer;
    }

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Takes its seconds. */
    <T> T ours(Callable<T> work) throws Exception {
        long before = System.nanoTime();
        var made = work.call();
        ours((System.nanoTime() - before) / 1e9);
        return made;
    }

    /** Takes its seconds. */
    void theirs(Work work) throws Exception {
        long before = System.nanoTime();
        work.run();
        theirs((System.nanoTime() - before) / 1e9);
    }

    void ours(double value) {
        ours.add(value);
    }

    void theirs(double value) {
        theirs.add(value);
    }

    void tell(Report report, String what, String unit) {
        report.figure(what + ", Reservoir", median(ours), unit);
        report.figure(what + ", " + peer, median(theirs), unit);
        report.figure(what + ", ratio", median(ratios()), "");
    }

    /** Of each two that took place side by side: what else the machine does changes from minute to minute, and then medians of all turns come from different times. */
    private List<Double> ratios() {
        return IntStream.range(0, ours.size()).mapToObj(i -> ours.get(i) / theirs.get(i)).toList();
    }

    /** Who goes first changes from round to round: what one leaves for the machine to do is done in the other's time. */
    static void inTurn(int round, Work one, Work other) throws Exception {
        (round % 2 == 0 ? one : other).run();
        (round % 2 == 0 ? other : one).run();
    }

    private static double median(List<Double> all) {
        var sorted = all.stream().skip(WARM_UP).sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
