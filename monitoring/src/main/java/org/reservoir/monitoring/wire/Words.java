package org.reservoir.monitoring.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Reached;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.Transmission;
import org.reservoir.monitoring.probe.ValueType;

/**
 * How the words of the information and control planes stand in frames. Texts are UTF-8 with a length before them. Reading gives
 * nothing when the bytes are no such word: every part is checked by the records themselves.
 */
final class Words {
    /** What a source says of one of its streams. */
    record Told(StreamInfo stream, StreamState state, String why, Reached reached) {
        Told(StreamInfo stream, StreamState state, String why) {
            this(stream, state, why, Reached.UNKNOWN);
        }

        Told with(Reached other) {
            return new Told(stream, state, why, other);
        }
    }

    /** In the byte of a stream's state: the word says at its end how far the stream is. */
    private static final int REACHED = 0x80;

    private static final int LONGEST_WHY = 200;

    private Words() {}

    /** False when it does not fit; then nothing was written. */
    static boolean put(Cursor out, Told told) {
        int before = out.at;
        var info = told.stream();
        if (out.left() < 1200) {
            return false;
        }
        out.putVar(info.number());
        out.putText(info.name());
        putSubject(out, info.subject());
        putOptional(out, info.labels().service().map(ServiceId::value));
        putOptional(out, info.labels().host().map(HostId::value));
        out.putText(info.labels().component().orElse(""));
        out.putVar(info.period().toMillis());
        out.putVar(info.silence().toMillis());
        out.putByte(info.delivery().ordinal());
        boolean known = !told.reached().equals(Reached.UNKNOWN);
        out.putByte(told.state().ordinal() | (known ? REACHED : 0));
        out.putText(cut(told.why()));
        if (!putSchema(out, info.schema())) {
            out.at = before;
            return false;
        }
        if (known) {
            out.putVar(told.reached().number() << 1 | (told.reached().exactly() ? 1 : 0));
        }
        return true;
    }

    static Optional<Told> told(Cursor in, SourceId source) {
        return guarded(in, cursor -> {
            int number = Math.toIntExact(cursor.takeVar());
            var name = cursor.takeText();
            var subject = subject(cursor);
            var service = optional(cursor).map(ServiceId::new);
            var host = optional(cursor).map(HostId::new);
            var component = Optional.of(cursor.takeText()).filter(text -> !text.isEmpty());
            var period = Duration.ofMillis(cursor.takeVar());
            var silence = Duration.ofMillis(cursor.takeVar());
            var delivery = pick(cursor, Delivery.values());
            int bits = cursor.takeByte();
            var state = pick(bits & ~REACHED, StreamState.values());
            var why = cursor.takeText();
            var schema = schema(cursor);
            var reached = (bits & REACHED) == 0 ? Reached.UNKNOWN : reached(cursor.takeVar());
            return new Told(new StreamInfo(source, number, name, subject, new Labels(service, component, host), schema, period, silence, delivery), state, why, reached);
        });
    }

    private static Reached reached(long bits) {
        return new Reached(bits >>> 1, (bits & 1) != 0);
    }

    static void put(Cursor out, SourceInfo source) {
        out.putText(cut(source.name()));
        putOptional(out, source.host().map(HostId::value));
        out.putText(cut(source.orders()));
        out.putVar(source.probes());
        out.putLong(Double.doubleToRawLongBits(source.share()));
        out.putVar(source.failures());
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_WHY ? text : text.substring(0, LONGEST_WHY);
    }

    static Optional<SourceInfo> source(Cursor in, SourceId id) {
        return guarded(in, cursor -> {
            var name = cursor.takeText();
            var host = optional(cursor).map(HostId::new);
            return new SourceInfo(id, name, host, cursor.takeText(), Math.toIntExact(cursor.takeVar()), Double.longBitsToDouble(cursor.takeLong()), cursor.takeVar());
        });
    }

    static void put(Cursor out, Interest interest) {
        putOptional(out, interest.service().map(ServiceId::value));
        out.putText(interest.prefix());
        out.putText(interest.type().orElse(""));
        putOptional(out, interest.stream().map(Integer::longValue));
        putOptional(out, interest.leastGap().map(Duration::toMillis));
        out.putVar(interest.attributes().size());
        interest.attributes().forEach(out::putText);
    }

    static Optional<Interest> interest(Cursor in) {
        return guarded(in, cursor -> {
            var service = optional(cursor).map(ServiceId::new);
            var prefix = cursor.takeText();
            var type = Optional.of(cursor.takeText()).filter(text -> !text.isEmpty());
            var stream = optional(cursor).map(Math::toIntExact);
            var gap = optional(cursor).map(Duration::ofMillis);
            return new Interest(service, prefix, type, stream, texts(cursor), gap);
        });
    }

    static void put(Cursor out, ProbeSettings settings) {
        out.putByte(settings.on() ? 1 : 0);
        out.putVar(settings.period().toMillis());
        out.putVar(settings.deadline().toMillis());
        out.putByte(settings.delivery().ordinal());
        put(out, settings.sending());
    }

    static Optional<ProbeSettings> settings(Cursor in) {
        return guarded(in, cursor -> {
            boolean on = cursor.takeByte() == 1;
            var period = Duration.ofMillis(cursor.takeVar());
            var deadline = Duration.ofMillis(cursor.takeVar());
            var delivery = pick(cursor, Delivery.values());
            return new ProbeSettings(on, period, transmission(cursor), delivery, deadline);
        });
    }

    static void put(Cursor out, Transmission sending) {
        switch (sending) {
            case Transmission.Always _ -> out.putByte(0);
            case Transmission.OnChange(var silence) -> {
                out.putByte(1);
                out.putVar(silence.toMillis());
            }
            case Transmission.DeadBand(var attribute, var width, var relative, var silence) -> {
                out.putByte(2);
                out.putText(attribute);
                out.putLong(Double.doubleToRawLongBits(width));
                out.putByte(relative ? 1 : 0);
                out.putVar(silence.toMillis());
            }
            case Transmission.Band(var attribute, var low, var high, var inside, var silence) -> {
                out.putByte(3);
                out.putText(attribute);
                out.putLong(Double.doubleToRawLongBits(low));
                out.putLong(Double.doubleToRawLongBits(high));
                out.putByte(inside ? 1 : 0);
                out.putVar(silence.toMillis());
            }
            case Transmission.Summary(var window, var aggregate) -> {
                out.putByte(4);
                out.putVar(window.toMillis());
                out.putByte(aggregate.ordinal());
            }
        }
    }

    static Transmission transmission(Cursor in) {
        return switch (in.takeByte()) {
            case 0 -> new Transmission.Always();
            case 1 -> new Transmission.OnChange(Duration.ofMillis(in.takeVar()));
            case 2 -> new Transmission.DeadBand(in.takeText(), Double.longBitsToDouble(in.takeLong()), in.takeByte() == 1, Duration.ofMillis(in.takeVar()));
            case 3 -> new Transmission.Band(in.takeText(), Double.longBitsToDouble(in.takeLong()), Double.longBitsToDouble(in.takeLong()), in.takeByte() == 1,
                    Duration.ofMillis(in.takeVar()));
            case 4 -> new Transmission.Summary(Duration.ofMillis(in.takeVar()), pick(in, Aggregate.values()));
            default -> throw nonsense();
        };
    }

    private static boolean putSchema(Cursor out, Schema schema) {
        out.putText(schema.type());
        out.putByte(schema.size());
        for (var attribute : schema.attributes()) {
            if (out.left() < 512) {
                return false;
            }
            out.putByte(attribute.type().ordinal() | (attribute.optional() ? 0x80 : 0));
            out.putText(attribute.name());
            out.putText(attribute.unit());
        }
        return true;
    }

    private static Schema schema(Cursor in) {
        var type = in.takeText();
        int size = in.takeByte();
        var attributes = new ArrayList<Schema.Attribute>();
        for (int i = 0; i < size && !in.broken; i++) {
            int bits = in.takeByte();
            var valueType = ValueType.ofOrdinal(bits & 0x7f).orElseThrow(Words::nonsense);
            attributes.add(new Schema.Attribute(in.takeText(), valueType, in.takeText(), (bits & 0x80) != 0));
        }
        return new Schema(type, attributes);
    }

    static void putSubject(Cursor out, Subject subject) {
        switch (subject) {
            case Subject.OfSite() -> out.putByte(0);
            case Subject.OfVee(var vee) -> {
                out.putByte(1);
                out.putVar(vee.value());
            }
            case Subject.OfHost(var host) -> {
                out.putByte(2);
                out.putVar(host.value());
            }
            case Subject.OfService(var service) -> {
                out.putByte(3);
                out.putVar(service.value());
            }
        }
    }

    static Subject subject(Cursor in) {
        return switch (in.takeByte()) {
            case 0 -> Subject.site();
            case 1 -> Subject.of(new VeeId(in.takeVar()));
            case 2 -> Subject.of(new HostId(in.takeVar()));
            case 3 -> Subject.of(new ServiceId(in.takeVar()));
            default -> throw nonsense();
        };
    }

    /** 0 stands for nothing: ids and durations begin at 1. */
    static void putOptional(Cursor out, Optional<Long> value) {
        out.putVar(value.orElse(0L));
    }

    static Optional<Long> optional(Cursor in) {
        return Optional.of(in.takeVar()).filter(value -> value != 0);
    }

    private static Set<String> texts(Cursor in) {
        long size = in.takeVar();
        if (size > Schema.MOST_ATTRIBUTES) {
            throw nonsense();
        }
        var texts = new HashSet<String>();
        for (long i = 0; i < size; i++) {
            texts.add(in.takeText());
        }
        return texts;
    }

    static <T> T pick(Cursor in, T[] all) {
        return pick(in.takeByte(), all);
    }

    private static <T> T pick(int ordinal, T[] all) {
        if (ordinal >= all.length) {
            throw nonsense();
        }
        return all[ordinal];
    }

    static Refused nonsense() {
        return Refused.invalid("BAD_FRAME", "This is no word of a frame.", "");
    }

    /** What a stranger writes can break any rule of the records; that makes it no word, and nothing else. */
    static <T> Optional<T> guarded(Cursor in, Function<Cursor, T> read) {
        try {
            var word = read.apply(in);
            return in.broken ? Optional.empty() : Optional.of(word);
        } catch (Refused | ArithmeticException _) {
            in.broken = true;
            return Optional.empty();
        }
    }
}
