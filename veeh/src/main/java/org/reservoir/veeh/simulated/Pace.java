package org.reservoir.veeh.simulated;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.HostFailure;

/** How long calls take, and how that time passes. */
@FunctionalInterface
public interface Pace {
    /** Calls take no time at all. */
    Pace NONE = (_, _) -> {};

    /** Lets the time that {@code call} takes pass. @throws HostFailure TIMED_OUT when that is longer than {@code patience} */
    void spend(Call call, Duration patience);

    /** Really waits. */
    static Pace sleeping(Function<Call, Duration> lengths) {
        return of(lengths, Pace::sleep);
    }

    /** Moves a clock of the caller's own: {@code advance} gets each length. */
    static Pace advancing(Function<Call, Duration> lengths, Consumer<Duration> advance) {
        return of(lengths, advance);
    }

    private static Pace of(Function<Call, Duration> lengths, Consumer<Duration> pass) {
        return (call, patience) -> {
            var length = lengths.apply(call);
            pass.accept(length.compareTo(patience) > 0 ? patience : length);
            if (length.compareTo(patience) > 0) {
                throw new HostFailure(HostFailure.Kind.TIMED_OUT, "%s takes %s, longer than %s.".formatted(call, length, patience));
            }
        };
    }

    private static void sleep(Duration length) {
        try {
            if (length.isPositive()) {
                Thread.sleep(length);
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new HostFailure(HostFailure.Kind.TIMED_OUT, "Interrupted while waiting for a simulated host.", interruption);
        }
    }
}
