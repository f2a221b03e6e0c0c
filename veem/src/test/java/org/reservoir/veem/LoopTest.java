package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import org.reservoir.veem.kept.Loop;

/** Threads that take turns until they are ended: at once where they rest, and never in the middle of a turn. */
class LoopTest {
    private static Loop start(Loop.Turn turn) {
        return Loop.start(Thread.ofPlatform().daemon(), "a test's turn", turn);
    }

    @Test
    void oneThatRestsEndsAtOnce() throws InterruptedException {
        var resting = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var loop = start(it -> {
            resting.countDown();
            try {
                it.rest(Duration.ofDays(1));
            } finally {
                ended.countDown();
            }
        });
        assertThat(resting.await(1, TimeUnit.MINUTES)).isTrue();
        loop.end();
        assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void aTurnUnderWayIsTakenToItsEndAndNoOtherFollows() throws InterruptedException {
        var under = new CountDownLatch(1);
        var ending = new CountDownLatch(1);
        var whole = new AtomicBoolean();
        var turns = new AtomicInteger();
        var loop = start(_ -> {
            turns.incrementAndGet();
            under.countDown();
            whole.set(ending.await(1, TimeUnit.MINUTES) && !Thread.currentThread().isInterrupted());
        });
        assertThat(under.await(1, TimeUnit.MINUTES)).isTrue();
        var closer = Thread.ofVirtual().start(loop::end);
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        ending.countDown();
        closer.join();
        assertThat(whole).isTrue();
        assertThat(turns).hasValue(1);
    }

    @Test
    void aTurnThatFailsIsFollowedByAnother() throws InterruptedException {
        var second = new CountDownLatch(2);
        var loop = start(_ -> {
            second.countDown();
            throw new IllegalStateException("as the test wants it");
        });
        assertThat(second.await(1, TimeUnit.MINUTES)).isTrue();
        loop.end();
    }
}
