package org.reservoir.veem.kept;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that takes a turn again and again until it is ended. What goes wrong in a turn is told, and the next begins after a rest. It is
 * interrupted only where it rests: a statement of SQL that is interrupted takes its connection with it.
 */
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration LAST_TURN = Duration.ofSeconds(5);

    private final String trouble;
    private final Turn turn;
    private final Thread thread;
    private boolean open = true;
    private boolean resting;

    /** One turn, which rests on the loop that takes it. */
    @FunctionalInterface
    public interface Turn {
        void take(Loop loop) throws InterruptedException;
    }

    /** Waits for something, not for ever. */
    @FunctionalInterface
    public interface Rest<T> {
        T await() throws InterruptedException;
    }

    private Loop(Thread.Builder thread, String trouble, Turn turn) {
        this.trouble = trouble;
        this.turn = turn;
        this.thread = thread.unstarted(this::run);
    }

    /** @param trouble what to say of a turn that failed */
    public static Loop start(Thread.Builder thread, String trouble, Turn turn) {
        var loop = new Loop(thread, trouble, turn);
        loop.thread.start();
        return loop;
    }

    private void run() {
        try {
            while (isOpen()) {
                take();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void take() throws InterruptedException {
        try {
            turn.take(this);
        } catch (RuntimeException failure) {
            if (isOpen()) {
                LOG.warn("{}: {}", trouble, failure.getMessage(), failure);
                rest(AFTER_TROUBLE);
            }
        }
    }

    private synchronized boolean isOpen() {
        return open;
    }

    public void rest(Duration time) throws InterruptedException {
        rest(() -> {
            Thread.sleep(time);
            return time;
        });
    }

    /** Waits, unless and until the loop is ended. */
    public <T> T rest(Rest<T> rest) throws InterruptedException {
        begin();
        try {
            return rest.await();
        } finally {
            awake();
        }
    }

    private synchronized void begin() throws InterruptedException {
        if (!open) {
            throw new InterruptedException("ended");
        }
        resting = true;
    }

    /** An interruption that came too late for the rest must not hit what comes after it. */
    private synchronized void awake() {
        resting = false;
        if (!open) {
            Thread.interrupted();
        }
    }

    private synchronized void stop() {
        open = false;
        if (resting) {
            thread.interrupt();
        }
    }

    /** Lets it end its turn, for some time, and has it end then. */
    public void end() {
        stop();
        try {
            if (!thread.join(LAST_TURN)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
