package org.reservoir.site;

import java.util.Map;

import org.reservoir.interfaces.Wire;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Audit;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.store.SiteDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells as events what people order of sources, and what came of it. What the site itself orders, as VEEs come and go, is not told. */
final class OrderAudit implements Audit {
    private static final Logger LOG = LoggerFactory.getLogger(OrderAudit.class);
    private static final String TOPIC = "probe";

    private final SiteDatabase database;

    OrderAudit(SiteDatabase database) {
        this.database = database;
    }

    @Override
    public void ordered(String by, SourceId source, Order order, Answer answer) {
        LOG.debug("{} ordered {} of {}: {}", by, order, source, answer);
        if (by.startsWith("user-")) {
            var body = Map.of("by", by, "source", source.toString(), "order", word(order), "probes", subject(order), "outcome", outcome(answer));
            database.run(tx -> tx.publish(TOPIC, subject(order), "probe." + word(order), Wire.write(body)));
        }
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
