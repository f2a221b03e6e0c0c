package org.reservoir.history;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that puts rows into the log and the head. When the log cannot be written, rows are still taken into memory as long as there is
 * room for them there, and the head is made a segment as soon as that can be done; what does not fit is refused, and counted, by the queue.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private final HistoryPolicy policy;
    private final Intake intake;
    private final Catalog catalog;
    private final Store store;
    private final InstantSource clock;
    private final Slabs slabs;
    private final Thread thread;
    private volatile List<Filling> filling = List.of();
    private volatile long kept;
    private volatile String trouble = "";
    private volatile boolean ending;
    private volatile boolean stuck;
    private long turns;

    /** A head and its log. @param since epoch milliseconds */
    record Filling(Head head, HeadLog log, long number, long since) {}

    Writer(HistoryPolicy policy, Intake intake, Catalog catalog, Store store, InstantSource clock) {
        this.policy = policy;
        this.intake = intake;
        this.catalog = catalog;
        this.store = store;
        this.clock = clock;
        slabs = new Slabs(policy.head());
        thread = Thread.ofPlatform().daemon().name("history-writer").unstarted(this::work);
    }

    /** @param before that could not be sealed yet; its logs were closed long ago */
    void start(long number, Optional<Head> before) throws IOException {
        var log = new HeadLog(store.log(number));
        var fresh = new Filling(new Head(slabs), log, number, clock.millis());
        filling = before.map(head -> List.of(new Filling(head, log, number, clock.millis()), fresh)).orElse(List.of(fresh));
        thread.start();
    }

    /** The head that is filling, and before it the one that is being sealed. */
    List<Head> heads() {
        return filling.stream().map(Filling::head).toList();
    }

    long kept() {
        return kept;
    }

    String trouble() {
        return trouble;
    }

    private void work() {
        try {
            while (!ending) {
                write(intake.take(policy.commit()));
            }
            write(intake.take(Duration.ZERO));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Batch batch) throws InterruptedException {
        var now = withRoomFor(batch);
        try {
            if (batch.rows > 0) {
                now.log().write(batch, now.head(), catalog::labels);
                kept += batch.rows;
                trouble("");
            }
        } catch (IOException e) {
            trouble("the log of %s cannot be written: %s".formatted(now.number(), e.getMessage()));
        }
        intake.back(batch);
        turned();
    }

    /** Waits while the head is twice too full because the one before is not sealed: then the queue fills, and whoever measures is refused. */
    private Filling withRoomFor(Batch batch) throws InterruptedException {
        while (true) {
            stuck = false;
            var now = filling.getLast();
            if (ending || now.head().values() + batch.used <= 2L * policy.head()) {
                return now;
            }
            stuck = true;
            synchronized (this) {
                notifyAll();
                wait(20);
            }
        }
    }

    private void trouble(String text) {
        if (!text.equals(trouble)) {
            LOG.warn("{}", text.isEmpty() ? "the history is written again" : text);
            trouble = text;
        }
    }

    /** What is to be sealed: full, old, or not safe in a log. */
    boolean isDue() {
        var now = filling.getLast();
        return now.head().values() >= policy.head() || now.head().rows() > 0 && (clock.millis() - now.since() >= policy.sealAge().toMillis() || !trouble.isEmpty());
    }

    /** Waits until something is due, or some time. */
    synchronized void awaitDue(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; left > 0 && !isDue(); left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /** Begins a new head; the one before is no longer added to once this returns. @return the one before */
    Filling rotate() throws IOException, InterruptedException {
        if (filling.size() > 1) {
            return filling.getFirst(); // its sealing failed before
        }
        long number = store.number();
        var fresh = new Filling(new Head(slabs), new HeadLog(store.log(number)), number, clock.millis());
        var before = filling.getFirst();
        filling = List.of(before, fresh);
        settle(); // the turn that may still have written into it
        before.log().close();
        return before;
    }

    /** The number from which on logs are still needed when the first is sealed. */
    long secondLog() {
        return filling.getLast().number();
    }

    /** The first one is a segment now. */
    void sealed() {
        var before = filling.getFirst();
        filling = List.of(filling.getLast());
        before.head().release();
    }

    private synchronized void turned() {
        turns++;
        notifyAll();
    }

    /** Waits until what was offered before has been through: the end of the turn under way, and one whole turn more. Not when there is no room for it. */
    void settle() throws InterruptedException {
        synchronized (this) {
            for (long goal = turns + 2; turns < goal && thread.isAlive() && !stuck;) {
                intake.hurry();
                wait(50);
            }
        }
    }

    @Override
    public void close() {
        ending = true;
        intake.hurry();
        try {
            thread.join();
            for (var open : filling) {
                open.log().close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the history's log does not close: {}", e.getMessage());
        }
    }
}
