package org.reservoir.site;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Consumer;

import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Audit;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.store.SiteDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells as events what people order of sources, and what came of it. What the site itself orders, as VEEs come and go, is not told. The order is done by
 * then, and its answer says so whatever becomes of the event: when the database has no room for it, or is away, it waits in memory, bounded, and the log tells it.
 */
final class OrderAudit implements Audit, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrderAudit.class);
    private static final String TOPIC = "probe";
    private static final Duration PACE = Duration.ofSeconds(2);
    private static final int MOST = 10_000;

    private final Consumer<Event> database;
    private final BlockingDeque<Event> waiting = new LinkedBlockingDeque<>(MOST);
    private final Thread loop = Thread.ofVirtual().name("orders-told").unstarted(this::run);

    /** @param type such as {@code probe.rate} */
    record Event(String subject, String type, String body) {}

    OrderAudit(SiteDatabase database) {
        this(event -> database.run(tx -> tx.publish(TOPIC, event.subject(), event.type(), event.body())));
    }

    /** @param database takes an event for good, or refuses */
    OrderAudit(Consumer<Event> database) {
        this.database = database;
        loop.start();
    }

    @Override
    public void ordered(String by, SourceId source, Order order, Answer answer) {
        LOG.debug("{} ordered {} of {}: {}", by, order, source, answer);
        if (by.startsWith("user-")) {
            var event = new Event(subject(order), "probe." + word(order),
                    Wire.write(Map.of("by", by, "source", source.toString(), "order", word(order), "probes", subject(order), "outcome", outcome(answer))));
            if (!waiting.isEmpty() || !isTold(event)) {
                later(event);
            }
        }
    }

    private boolean isTold(Event event) {
        try {
            database.accept(event);
            return true;
        } catch (Refused _) {
            return false;
        }
    }

    private void later(Event event) {
        if (waiting.offer(event)) {
            LOG.warn("the event {} of {} waits until the database takes it: {}", event.type(), event.subject(), event.body());
        } else {
            LOG.warn("{} events wait already; {} of {} is told here alone: {}", MOST, event.type(), event.subject(), event.body());
        }
    }

    /** In order, each until the database has it. */
    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                var next = waiting.take();
                if (!isTold(next)) {
                    waiting.offerFirst(next);
                    Thread.sleep(PACE);
                }
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException defect) { // a loop's edge: one event must not keep the rest
                LOG.warn("an event of an order cannot be told", defect);
            }
        }
    }

    @Override
    public void close() {
        loop.interrupt();
    }

    private static String word(Order order) {
        return switch (order) {
            case Order.Add _ -> "add";
            case Order.Remove _ -> "remove";
            case Order.Switch(_, var on) -> on ? "on" : "off";
            case Order.Rate _ -> "rate";
            case Order.Filter _ -> "filter";
            case Order.Deliver _ -> "deliver";
            case Order.Relabel _ -> "relabel";
            case Order.Budget _ -> "budget";
            case Order.Subscribe _ -> "subscribe";
            case Order.Unsubscribe _ -> "unsubscribe";
            case Order.List _, Order.ListKinds _ -> "list";
        };
    }

    private static String subject(Order order) {
        return switch (order) {
            case Order.Add(var wanted, _) -> wanted.name();
            case Order.Change change -> change.of().name().orElseGet(() -> change.of().toString());
            default -> "";
        };
    }

    private static String outcome(Answer answer) {
        return switch (answer) {
            case Answer.Done(var changed, var unfit, var why) -> unfit == 0 ? "%d changed".formatted(changed) : "%d changed, %d not: %s".formatted(changed, unfit, why);
            case Answer.NotDone(_, var code, var message, _) -> "%s: %s".formatted(code, message);
            case Answer.Unheard(var why) -> why;
            case Answer.Added _, Answer.Subscribed _, Answer.Probes _, Answer.KindsThere _ -> "done";
        };
    }
}
