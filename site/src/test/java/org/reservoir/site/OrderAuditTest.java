package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.probe.SourceId;

class OrderAuditTest {
    private static final SourceId SOURCE = new SourceId(1);

    @Test
    void anOrderWhoseEventHasNoRoomIsAnsweredAsDoneAndToldInOrderWhenThereIsRoom() throws Exception {
        var told = new CopyOnWriteArrayList<String>();
        var full = new AtomicBoolean(true);
        var all = new CountDownLatch(2);
        try (var audit = new OrderAudit(event -> {
            if (full.get()) {
                throw Refused.unavailable("DATABASE_FULL", "the disk of the site database is full", "make room");
            }
            told.add(event.type() + " " + event.subject());
            all.countDown();
        })) {
            audit.ordered("user-1", SOURCE, new Order.Rate(Selection.named("a"), Duration.ofSeconds(1)), new Answer.Done(1, 0, ""));
            audit.ordered("user-1", SOURCE, new Order.Remove(Selection.named("a")), new Answer.Done(1, 0, ""));
            assertThat(told).isEmpty();
            full.set(false);
            assertThat(all.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(told).isEqualTo(List.of("probe.rate a", "probe.remove a"));
    }
}
