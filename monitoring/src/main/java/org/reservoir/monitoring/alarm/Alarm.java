package org.reservoir.monitoring.alarm;

import java.time.Instant;

/**
 * How an alarm stands for one subject. It fires when what it looks for has been so for as long as its rule says, and ends when it has been well, beyond
 * the rule's {@code clear}, for as long. Between threshold and clear, and when nothing can be said, it stays as it is; but what was not yet long
 * enough begins anew.
 *
 * @param since when it came to this state
 * @param value the last figure; NaN when there was none
 */
public record Alarm(State state, Instant since, double value) {
    public enum State {
        /** Well. */ QUIET,
        /** Not well, but not yet for long enough. */ PENDING,
        /** People are told. */ FIRING,
        /** Firing, and well again, but not yet for long enough. */ CLEARING
    }

    public static Alarm quiet(Instant now) {
        return new Alarm(State.QUIET, now, Double.NaN);
    }

    private enum Seen { BAD, WELL, NEITHER }

    /** What becomes of it. Pure. */
    public Alarm next(AlarmRule rule, Reading reading, Instant now) {
        return since.isAfter(now) ? new Alarm(state, now, value).after(rule, reading, now) : after(rule, reading, now); // the clock was set back: its time begins anew
    }

    private Alarm after(AlarmRule rule, Reading reading, Instant now) {
        double seen = reading instanceof Reading.Level(var level) ? level : reading instanceof Reading.Beside(var level, _, _) ? level : value;
        return switch (seen(rule, reading)) {
            case NEITHER -> new Alarm(state == State.PENDING ? State.QUIET : state, state == State.PENDING ? now : since, seen);
            case BAD -> switch (state) {
                case QUIET -> new Alarm(rule.after().isZero() ? State.FIRING : State.PENDING, now, seen);
                case PENDING -> new Alarm(since.plus(rule.after()).isAfter(now) ? State.PENDING : State.FIRING, since.plus(rule.after()).isAfter(now) ? since : now, seen);
                case FIRING -> new Alarm(State.FIRING, since, seen);
                case CLEARING -> new Alarm(State.FIRING, now, seen);
            };
            case WELL -> switch (state) {
                case QUIET -> new Alarm(State.QUIET, since, seen);
                case PENDING -> new Alarm(State.QUIET, now, seen);
                case FIRING -> new Alarm(rule.clearAfter().isZero() ? State.QUIET : State.CLEARING, now, seen);
                case CLEARING -> new Alarm(since.plus(rule.clearAfter()).isAfter(now) ? State.CLEARING : State.QUIET, since.plus(rule.clearAfter()).isAfter(now) ? since : now, seen);
            };
        };
    }

    /** Whether it is as it was, but for what was measured last. */
    public boolean isAs(Alarm before) {
        return state == before.state && (state == State.QUIET || since.equals(before.since));
    }

    /** Whether people who were told that it fires are still to believe it. */
    public boolean isOn() {
        return state == State.FIRING || state == State.CLEARING;
    }

    private static Seen seen(AlarmRule rule, Reading reading) {
        return switch (reading) {
            case Reading.Unknown _ -> Seen.NEITHER;
            case Reading.Silent _ -> rule.kind() == AlarmRule.Kind.ABSENT ? Seen.BAD : Seen.NEITHER;
            case Reading.Level(var level) -> switch (rule.kind()) {
                case ABSENT -> Seen.WELL;
                case ABOVE -> level > rule.threshold() ? Seen.BAD : level <= rule.clear().orElse(rule.threshold()) ? Seen.WELL : Seen.NEITHER;
                case BELOW -> level < rule.threshold() ? Seen.BAD : level >= rule.clear().orElse(rule.threshold()) ? Seen.WELL : Seen.NEITHER;
                case ANOMALY -> Seen.NEITHER;
            };
            case Reading.Beside beside -> beside.isFurtherThan(rule.threshold()) ? Seen.BAD : Seen.WELL;
        };
    }
}
