package org.reservoir.monitoring.lattice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;

/** Between Lattice's messages and our streams and rows. Reads no clock, keeps nothing. */
final class Translation {
    /** Lattice does not tell how often a probe measures until it has measured twice. */
    private static final Duration USUAL_PERIOD = Duration.ofSeconds(10);
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final UUID NOBODY = new UUID(0, 0);

    private Translation() {}

    static SourceId source(UUID id) {
        return new SourceId(id.getMostSignificantBits() ^ Long.rotateLeft(id.getLeastSignificantBits(), 1));
    }

    /** What a message says of its stream. @throws Refused when that cannot be said in our words: too many attributes, or one twice */
    static StreamInfo stream(LatticeMessage message, int number, Function<UUID, Optional<ServiceId>> services) {
        var attributes = message.values().stream().map(value -> new Schema.Attribute(name(value), value.type(), "", true)).toList();
        var service = services.apply(message.service());
        var period = message.delta() > 0 && message.delta() <= DAY ? Duration.ofMillis(message.delta()) : USUAL_PERIOD;
        return new StreamInfo(source(message.source()), number, word(message.named().orElse("lattice." + message.probe())), service.map(Subject::of).orElseGet(Subject::site),
                new Labels(service, Optional.empty(), Optional.empty()), new Schema(word(message.type()), attributes), period, period, Delivery.CONTROL);
    }

    /** Whether a stream's schema is still that of its messages; names aside, for not all messages have them. */
    static boolean fits(Schema schema, LatticeMessage message) {
        if (schema.size() != message.values().size()) {
            return false;
        }
        for (int i = 0; i < schema.size(); i++) {
            var value = message.values().get(i);
            if (schema.attributes().get(i).type() != value.type() || message.named().isPresent() && !schema.attributes().get(i).name().equals(name(value))) {
                return false;
            }
        }
        return true;
    }

    static void fill(Row row, LatticeMessage message) {
        row.begin(message.at());
        for (int i = 0; i < message.values().size(); i++) {
            switch (message.values().get(i).value()) {
                case Long whole -> row.set(i, (long) whole);
                case Double number -> row.set(i, (double) number);
                case Object thing -> row.set(i, thing);
            }
        }
    }

    static LatticeMessage message(StreamInfo stream, long sequence, Row row, long delta, int number, boolean names) {
        var values = new ArrayList<LatticeMessage.Value>();
        for (int i = 0; i < stream.schema().size(); i++) {
            if (row.has(i)) {
                var type = row.type(i);
                Object value = !type.isNumber() ? row.thing(i) : type.isFloating() ? (Object) row.number(i) : (Object) row.whole(i);
                values.add(new LatticeMessage.Value(i, stream.schema().attributes().get(i).name(), type, value));
            }
        }
        var service = stream.labels().service().map(it -> new UUID(0, it.value())).orElse(NOBODY);
        return new LatticeMessage(new UUID(0, stream.source().value()), number, sequence, new UUID(stream.source().value(), stream.number()), stream.schema().type(), row.at(), delta,
                service, group(stream.subject()), names ? Optional.of(stream.name()) : Optional.empty(), List.copyOf(values));
    }

    private static UUID group(Subject subject) {
        return switch (subject) {
            case Subject.OfVee(VeeId vee) -> new UUID(1, vee.value());
            case Subject.OfHost(HostId host) -> new UUID(2, host.value());
            case Subject.OfService(ServiceId service) -> new UUID(3, service.value());
            case Subject.OfSite() -> NOBODY;
        };
    }

    private static String name(LatticeMessage.Value value) {
        return value.name().isEmpty() ? "field" + value.field() : word(value.name());
    }

    /** A name of Lattice's, which may be any text, as names are written here. */
    private static String word(String text) {
        var word = text.replaceAll("[^A-Za-z0-9._:/@-]", "_");
        word = word.isEmpty() || !Character.isLetter(word.charAt(0)) && word.charAt(0) != '_' ? "_" + word : word;
        return word.substring(0, Math.min(100, word.length()));
    }
}
