package org.reservoir.monitoring.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.KindShown;
import org.reservoir.monitoring.plane.Shown;
import org.reservoir.monitoring.probe.Effort;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.StreamState;

/** How answers stand in frames. A list goes on in the next answer where it does not fit: at least one thing is in each. */
final class AnswerWords {
    private static final int LONGEST_PROBLEM = 100;

    private AnswerWords() {}

    /** @param limit where the answer must end at the latest; 1200 bytes are always enough */
    static void put(Cursor out, Answer answer, int limit) {
        switch (answer) {
            case Answer.Done(var changed, var unfit, var why) -> {
                out.putByte(0);
                out.putVar(changed);
                out.putVar(unfit);
                OrderWords.text(out, OrderWords.cut(why, 200));
            }
            case Answer.Added(var stream) -> {
                out.putByte(1);
                out.putVar(stream);
            }
            case Answer.Subscribed(var subscription) -> {
                out.putByte(2);
                out.putVar(subscription);
            }
            case Answer.Probes(var probes, var more) -> putSome(out, 3, probes, more, limit, AnswerWords::put);
            case Answer.KindsThere(var kinds, var more) -> putSome(out, 4, kinds, more, limit, (cursor, kind) -> putFitting(cursor, kind, limit));
            case Answer.NotDone(var kind, var code, var message, var advice) -> {
                out.putByte(5);
                out.putByte(kind.ordinal());
                OrderWords.text(out, code);
                OrderWords.text(out, OrderWords.cut(message, 500));
                OrderWords.text(out, OrderWords.cut(advice, 400));
            }
            case Answer.Unheard unheard -> throw new IllegalStateException("%s is no answer to be sent".formatted(unheard));
        }
    }

    static Optional<Answer> answer(Cursor in) {
        return Words.guarded(in, cursor -> switch (cursor.takeByte()) {
            case 0 -> new Answer.Done(Math.toIntExact(cursor.takeVar()), Math.toIntExact(cursor.takeVar()), cursor.takeText());
            case 1 -> new Answer.Added(Math.toIntExact(cursor.takeVar()));
            case 2 -> new Answer.Subscribed(Math.toIntExact(cursor.takeVar()));
            case 3 -> {
                boolean more = cursor.takeByte() == 1;
                yield new Answer.Probes(some(cursor, AnswerWords::shown), more);
            }
            case 4 -> {
                boolean more = cursor.takeByte() == 1;
                yield new Answer.KindsThere(some(cursor, AnswerWords::kind), more);
            }
            case 5 -> new Answer.NotDone(Words.pick(cursor, Refused.Kind.values()), cursor.takeText(), cursor.takeText(), cursor.takeText());
            default -> throw Words.nonsense();
        });
    }

    private interface Putting<T> {
        void put(Cursor out, T thing);
    }

    private static <T> void putSome(Cursor out, int what, List<T> things, boolean more, int limit, Putting<T> putting) {
        out.putByte(what);
        int moreAt = out.at;
        out.putByte(more ? 1 : 0);
        for (var thing : things) {
            int before = out.at;
            putting.put(out, thing);
            if (out.at > limit) {
                out.at = before;
                out.bytes[moreAt] = 1;
                return;
            }
        }
    }

    private interface Reading<T> {
        T of(Cursor in);
    }

    private static <T> List<T> some(Cursor in, Reading<T> reading) {
        var things = new ArrayList<T>();
        while (in.left() > 0 && !in.broken) {
            things.add(reading.of(in));
        }
        return things;
    }

    private static void put(Cursor out, Shown shown) {
        out.putVar(shown.stream());
        OrderWords.text(out, shown.name());
        OrderWords.text(out, shown.kind());
        OrderWords.put(out, shown.parameters());
        Words.put(out, shown.settings());
        out.putByte(shown.state().ordinal() | (shown.measured() ? 0x40 : 0) | (shown.lasting() ? 0x80 : 0));
        OrderWords.text(out, OrderWords.cut(shown.problem(), LONGEST_PROBLEM));
        out.putVar(shown.effort().period().toMillis());
        out.putVar(shown.effort().nanos());
        out.putVar(shown.effort().slowed());
        out.putLong(Double.doubleToRawLongBits(shown.effort().held()));
    }

    private static Shown shown(Cursor in) {
        int stream = Math.toIntExact(in.takeVar());
        var name = in.takeText();
        var kind = in.takeText();
        var parameters = OrderWords.texts(in);
        var settings = OrderWords.sound(Words.settings(in));
        int bits = in.takeByte();
        if ((bits & 0x3f) >= StreamState.values().length) {
            throw Words.nonsense();
        }
        var problem = in.takeText();
        var effort = new Effort(Duration.ofMillis(in.takeVar()), in.takeVar(), Math.toIntExact(in.takeVar()), Double.longBitsToDouble(in.takeLong()));
        return new Shown(stream, name, kind, parameters, settings, StreamState.values()[bits & 0x3f], (bits & 0x40) != 0, (bits & 0x80) != 0, problem, effort);
    }

    /** In words as many as there is room for. */
    private static void putFitting(Cursor out, KindShown kind, int limit) {
        int before = out.at;
        put(out, kind, 200);
        for (int longest : new int[] {20, 0}) {
            if (out.at > limit) {
                out.at = before;
                put(out, kind, longest);
            }
        }
        if (out.at > limit && limit - before > 600) {
            out.at = before;
            put(out, new KindShown(kind.name(), kind.purpose(), List.of(), kind.origin()), 200);
        }
    }

    private static void put(Cursor out, KindShown kind, int longest) {
        OrderWords.text(out, kind.name());
        OrderWords.text(out, cut(kind.purpose(), Math.max(longest, 60)));
        OrderWords.text(out, cut(kind.origin(), 100));
        out.putVar(kind.parameters().size());
        kind.parameters().forEach(parameter -> {
            OrderWords.text(out, cut(parameter.name(), 100));
            OrderWords.text(out, cut(parameter.meaning(), longest));
            out.putByte(parameter.usual().isPresent() ? 1 : 0);
            OrderWords.text(out, cut(parameter.usual().orElse(""), 100));
        });
    }

    private static String cut(String text, int most) {
        return most == 0 ? "" : OrderWords.cut(text, most);
    }

    private static KindShown kind(Cursor in) {
        var name = in.takeText();
        var purpose = in.takeText();
        var origin = in.takeText();
        long size = in.takeVar();
        if (size > 100) {
            throw Words.nonsense();
        }
        var parameters = new ArrayList<ProbeKind.Parameter>();
        for (long i = 0; i < size; i++) {
            var parameter = in.takeText();
            var meaning = in.takeText();
            boolean usual = in.takeByte() == 1;
            var value = in.takeText();
            parameters.add(new ProbeKind.Parameter(parameter, meaning, usual ? Optional.of(value) : Optional.empty()));
        }
        return new KindShown(name, purpose, parameters, origin);
    }
}
