package org.reservoir.libvirtrpc;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The answers to several calls that were made together: whoever waits for them is woken once, by the last. */
final class Gathered {
    private final Map<Integer, Packet> answers = new ConcurrentHashMap<>();
    private final CountDownLatch missing;
    private volatile boolean ended;

    Gathered(int calls) {
        missing = new CountDownLatch(calls);
    }

    void take(Packet answer) {
        if (answers.putIfAbsent(answer.serial(), answer) == null) {
            missing.countDown();
        }
    }

    /** No more will come. */
    void end() {
        ended = true;
        while (missing.getCount() > 0) {
            missing.countDown();
        }
    }

    /** Whether all came. */
    boolean await(long deadline) throws InterruptedException {
        return missing.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) && !ended;
    }

    Optional<Packet> of(int serial) {
        return Optional.ofNullable(answers.get(serial));
    }
}
