package org.reservoir.placement;

import java.time.Duration;
import java.util.List;

/**
 * Ordered moves, safe at every moment between them: carried out in order, each when it is expected or later but never
 * before those that were to end by its beginning, no host is promised too much and no group rule is broken.
 *
 * @param steps      in the order of their beginnings
 * @param unfinished moves for which no safe order was found; the plan is right without them
 * @param power      hosts that are woken before VEEs come and put to sleep after the last has left
 */
public record Plan(List<Step> steps, List<Move> unfinished, List<Power> power) {
    public static final Plan EMPTY = new Plan(List.of(), List.of());

    /** @param wake or else sleep */
    public record Power(long host, boolean wake, Duration begin, Duration end) {}

    public Plan(List<Step> steps, List<Move> unfinished) {
        this(steps, unfinished, List.of());
    }

    public Plan {
        steps = List.copyOf(steps);
        unfinished = List.copyOf(unfinished);
        power = List.copyOf(power);
    }

    public Duration length() {
        return steps.stream().map(Step::end).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    public long migrations() {
        return steps.stream().filter(step -> step.move() instanceof Move.Migrate).count();
    }
}
