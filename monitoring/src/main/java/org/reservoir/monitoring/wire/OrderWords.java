package org.reservoir.monitoring.wire;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.ProbeSettings;

/** How orders stand in frames; see {@link Words}. What does not fit leaves the cursor broken. */
final class OrderWords {
    private OrderWords() {}

    static void put(Cursor out, Order order) {
        switch (order) {
            case Order.Add(var wanted, var lasting) -> {
                out.putByte(lasting ? 1 : 0);
                put(out, wanted);
            }
            case Order.Remove(var of) -> begin(out, 2, of);
            case Order.Switch(var of, var on) -> begin(out, on ? 3 : 4, of);
            case Order.Rate(var of, var period) -> {
                begin(out, 5, of);
                out.putVar(period.toMillis());
            }
            case Order.Filter(var of, var sending) -> {
                begin(out, 6, of);
                Words.put(out, sending);
            }
            case Order.Deliver(var of, var delivery) -> {
                begin(out, 7, of);
                out.putByte(delivery.ordinal());
            }
            case Order.Relabel(var of, var labels) -> {
                begin(out, 8, of);
                put(out, labels);
            }
            case Order.Subscribe(var interest, var to) -> {
                out.putByte(9);
                Words.put(out, interest);
                text(out, to);
            }
            case Order.Unsubscribe(var subscription) -> {
                out.putByte(10);
                out.putVar(subscription);
            }
            case Order.Budget(var within) -> {
                out.putByte(13);
                out.putLong(Double.doubleToRawLongBits(within.share()));
                out.putLong(Double.doubleToRawLongBits(within.perListener()));
            }
            case Order.List(var of, var after, var most) -> {
                begin(out, 11, of);
                out.putVar(after);
                out.putVar(most);
            }
            case Order.ListKinds(var after) -> {
                out.putByte(12);
                text(out, after);
            }
        }
    }

    static Optional<Order> order(Cursor in) {
        return Words.guarded(in, cursor -> {
            int what = cursor.takeByte();
            return switch (what) {
                case 0, 1 -> new Order.Add(wanted(cursor), what == 1);
                case 2 -> new Order.Remove(selection(cursor));
                case 3, 4 -> new Order.Switch(selection(cursor), what == 3);
                case 5 -> new Order.Rate(selection(cursor), Duration.ofMillis(cursor.takeVar()));
                case 6 -> new Order.Filter(selection(cursor), Words.transmission(cursor));
                case 7 -> new Order.Deliver(selection(cursor), Words.pick(cursor, Delivery.values()));
                case 8 -> new Order.Relabel(selection(cursor), labels(cursor));
                case 9 -> new Order.Subscribe(sound(Words.interest(cursor)), cursor.takeText());
                case 10 -> new Order.Unsubscribe(Math.toIntExact(cursor.takeVar()));
                case 11 -> new Order.List(selection(cursor), Math.toIntExact(cursor.takeVar()), Math.toIntExact(cursor.takeVar()));
                case 12 -> new Order.ListKinds(cursor.takeText());
                case 13 -> new Order.Budget(new Budgets(Double.longBitsToDouble(cursor.takeLong()), Double.longBitsToDouble(cursor.takeLong())));
                default -> throw Words.nonsense();
            };
        });
    }

    private static void begin(Cursor out, int what, Selection of) {
        out.putByte(what);
        out.putVar(of.streams().size());
        of.streams().forEach(out::putVar);
        text(out, of.prefix());
        text(out, of.name().orElse(""));
        text(out, of.type().orElse(""));
        Words.putOptional(out, of.service().map(ServiceId::value));
        text(out, of.kind().orElse(""));
    }

    private static Selection selection(Cursor in) {
        long size = in.takeVar();
        if (size > Selection.MOST_STREAMS) {
            throw Words.nonsense();
        }
        var streams = new HashSet<Integer>();
        for (long i = 0; i < size; i++) {
            streams.add(Math.toIntExact(in.takeVar()));
        }
        return new Selection(streams, in.takeText(), full(in), full(in), Words.optional(in).map(ServiceId::new), full(in));
    }

    private static void put(Cursor out, Wanted wanted) {
        text(out, wanted.name());
        text(out, wanted.kind());
        put(out, wanted.parameters());
        Words.putSubject(out, wanted.subject());
        put(out, wanted.labels());
        Words.put(out, wanted.settings());
    }

    private static Wanted wanted(Cursor in) {
        return new Wanted(in.takeText(), in.takeText(), texts(in), Words.subject(in), labels(in), sound(Words.settings(in)));
    }

    static void put(Cursor out, Map<String, String> texts) {
        out.putVar(texts.size());
        texts.forEach((key, value) -> {
            text(out, key);
            text(out, value);
        });
    }

    static Map<String, String> texts(Cursor in) {
        long size = in.takeVar();
        if (size > 32) {
            throw Words.nonsense();
        }
        var texts = new HashMap<String, String>();
        for (long i = 0; i < size; i++) {
            texts.put(in.takeText(), in.takeText());
        }
        return texts;
    }

    private static void put(Cursor out, Labels labels) {
        Words.putOptional(out, labels.service().map(ServiceId::value));
        Words.putOptional(out, labels.host().map(HostId::value));
        text(out, labels.component().orElse(""));
    }

    private static Labels labels(Cursor in) {
        var service = Words.optional(in).map(ServiceId::new);
        var host = Words.optional(in).map(HostId::new);
        return new Labels(service, full(in), host);
    }

    private static Optional<String> full(Cursor in) {
        return Optional.of(in.takeText()).filter(text -> !text.isEmpty());
    }

    static <T> T sound(Optional<T> word) {
        return word.orElseThrow(Words::nonsense);
    }

    static void text(Cursor out, String text) {
        if (!out.broken && !out.putText(text)) {
            out.broken = true;
        }
    }

    /** As much of it as takes {@code most} bytes. */
    static String cut(String text, int most) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= most ? text : new String(bytes, 0, most - 3, StandardCharsets.UTF_8).replaceAll("\uFFFD+$", "") + "…";
    }
}
