package org.reservoir.plugins;

import java.lang.management.ManagementFactory;

/**
 * Counts what a call into a plug-in takes. {@link Metering} writes calls of {@link #step} and {@link #array} into the classes
 * of plug-ins; nothing else calls them.
 */
public final class Meter {
    /** Ends a call. No exception that a plug-in can catch for good: the next step throws it again. */
    static final class Over extends Error {
        private static final long serialVersionUID = 1;

        Over(String what) {
            super(what, null, false, false);
        }
    }

    private static final ThreadLocal<Meter> OF_THREAD = new ThreadLocal<>();
    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Allocation is looked at once in so many steps. */
    private static final int GLANCE = 1 << 12;

    private final Budget budget;
    private final long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
    private final long deadline;
    private long steps;
    private boolean exhausted;

    private Meter(Budget budget) {
        this.budget = budget;
        this.deadline = System.nanoTime() + budget.time().toNanos();
    }

    /** From now on this thread's steps in plug-ins are counted; ended by {@link #end}. */
    static void begin(Budget budget) {
        OF_THREAD.set(new Meter(budget));
    }

    static void end() {
        OF_THREAD.remove();
    }

    /** A method begins, or a loop turns. */
    public static void step() {
        var meter = OF_THREAD.get();
        if (meter == null) {
            throw new Over("was called by nobody who counts its steps");
        }
        if (++meter.steps % GLANCE == 0 || meter.steps > meter.budget.steps() || meter.exhausted) {
            meter.look();
        }
    }

    /** An array of so many elements is about to be made. */
    public static void array(int elements) {
        arrays(1, elements);
    }

    /** So many arrays of so many elements are about to be made; eight bytes are the most that an element takes. */
    public static void arrays(int rows, int elements) {
        step();
        var meter = OF_THREAD.get();
        if (rows > 0 && elements > 0 && (double) rows * elements * 8 > meter.budget.memory().bytes() - meter.allocated()) {
            meter.exhausted = true;
            meter.look();
        }
    }

    private long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
    }

    private void look() {
        if (steps > budget.steps()) {
            throw new Over("took more than %,d steps in one call".formatted(budget.steps()));
        }
        if (exhausted || allocated() > budget.memory().bytes()) {
            throw new Over("took more than %s of memory in one call".formatted(budget.memory()));
        }
        if (System.nanoTime() > deadline) {
            throw new Over("took longer than %s in one call".formatted(budget.time()));
        }
    }
}
