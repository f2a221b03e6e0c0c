package org.reservoir.monitoring.plane;

import java.util.List;

import org.reservoir.kernel.Refused;

/** What became of an {@link Order}. */
public sealed interface Answer {
    /**
     * @param changed  probes that do now as ordered
     * @param unfit    selected probes that cannot: they are as before
     * @param firstWhy why the first of those cannot
     */
    record Done(int changed, int unfit, String firstWhy) implements Answer {}

    record Added(int stream) implements Answer {}

    record Subscribed(int subscription) implements Answer {}

    /** @param more whether there are others after the last */
    record Probes(List<Shown> probes, boolean more) implements Answer {
        public Probes {
            probes = List.copyOf(probes);
        }
    }

    record KindsThere(List<KindShown> kinds, boolean more) implements Answer {
        public KindsThere {
            kinds = List.copyOf(kinds);
        }
    }

    /** The order cannot be carried out, and nothing was changed. */
    record NotDone(Refused.Kind kind, String code, String message, String advice) implements Answer {
        static NotDone of(Refused refused) {
            return new NotDone(refused.kind(), refused.code(), refused.getMessage(), refused.advice());
        }
    }

    /** Nobody answered in time: it may have been carried out or not. The same order may be sent again. */
    record Unheard(String why) implements Answer {}

    /** The answer itself. @throws Refused when it is {@link NotDone} or {@link Unheard} */
    default Answer orThrow() {
        return switch (this) {
            case NotDone(var kind, var code, var message, var advice) -> throw new Refused(kind, code, message, advice);
            case Unheard(var why) -> throw Refused.unavailable("SOURCE_UNHEARD", why, "It may have been done or not: look, and order it again.");
            default -> this;
        };
    }
}
