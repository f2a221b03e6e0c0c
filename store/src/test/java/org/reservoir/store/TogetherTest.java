package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

class TogetherTest {
    private static final Duration EVER = Duration.ofHours(1);
    private static final int MANY = 20;

    private final AtomicInteger readings = new AtomicInteger();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);

    /** The number of the reading, as soon as it may end. */
    private int slowly() {
        var number = readings.incrementAndGet();
        begun.release();
        mayEnd.acquireUninterruptibly();
        return number;
    }

    private static FutureTask<Integer> asking(Together<Integer> together) {
        var asked = new FutureTask<>(together::get);
        Thread.ofVirtual().start(asked);
        return asked;
    }

    /** Many who wait for the reading after the one that is being made. */
    private static List<FutureTask<Integer>> waiting(Together<Integer> together) {
        var tasks = IntStream.range(0, MANY).mapToObj(_ -> new FutureTask<>(together::get)).toList();
        var threads = tasks.stream().map(Thread.ofVirtual()::start).toList();
        while (threads.stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        return tasks;
    }

    private static int result(FutureTask<Integer> asked) throws Exception {
        return asked.get(30, TimeUnit.SECONDS);
    }

    @Test
    void thoseWhoComeWhileOneReadsShareTheReadingAfterIt() throws Exception {
        var together = new Together<>(EVER, this::slowly);
        var first = asking(together);
        begun.acquire();
        var others = waiting(together);
        mayEnd.release(2);
        assertThat(result(first)).isEqualTo(1);
        for (var other : others) {
            assertThat(result(other)).isEqualTo(2);
        }
        mayEnd.release();
        assertThat(together.get()).isEqualTo(3);
    }

    @Test
    void whatWasThereBeforeOneAskedIsSeen() throws Exception {
        var written = new AtomicLong();
        var together = new Together<>(EVER, written::get);
        var start = new CountDownLatch(1);
        var askers = IntStream.range(0, MANY).mapToObj(_ -> new FutureTask<>(() -> {
            start.await();
            for (int i = 0; i < 5_000; i++) {
                var mine = written.incrementAndGet();
                assertThat(together.get()).isGreaterThanOrEqualTo(mine);
            }
            return MANY;
        })).toList();
        askers.forEach(Thread.ofVirtual()::start);
        start.countDown();
        for (var asker : askers) {
            result(asker);
        }
    }

    @Test
    void aFailureIsToldToThoseWhoWaitedForThatReadingAndToNobodyLater() throws Exception {
        var together = new Together<>(EVER, () -> {
            var number = slowly();
            if (number == 2) {
                throw new IllegalStateException("the second fails");
            }
            return number;
        });
        var first = asking(together);
        begun.acquire();
        var others = waiting(together);
        mayEnd.release(3);
        assertThat(result(first)).isEqualTo(1);
        for (var other : others) {
            assertThatThrownBy(() -> result(other)).isInstanceOf(ExecutionException.class).hasRootCauseInstanceOf(IllegalStateException.class).hasRootCauseMessage("the second fails");
        }
        assertThat(together.get()).isEqualTo(3);
    }

    @Test
    void whoComesWhileAReadingHangsReadsForHimself() throws Exception {
        var together = new Together<>(Duration.ofNanos(-1), () -> {
            var number = readings.incrementAndGet();
            if (number == 1) {
                begun.release();
                mayEnd.acquireUninterruptibly();
            }
            return number;
        });
        var hanging = asking(together);
        begun.acquire();
        assertThat(together.get()).isEqualTo(2);
        mayEnd.release();
        assertThat(result(hanging)).isEqualTo(1);
    }
}
