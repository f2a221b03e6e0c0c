package org.reservoir.monitoring.probe;

import java.time.Duration;

/**
 * What a probe takes and gets.
 *
 * @param period how often it is measured now: less often than asked when nobody wants it that often, or when it was slowed
 * @param nanos  of a measurement on the thread that measures, the late ones counting most; 0 while unknown
 * @param slowed so many times less often for what it costs; 1 when it is within its budget
 * @param held   so many times less often for its source's or all its listeners' budgets; 1 when they suffice
 */
public record Effort(Duration period, long nanos, int slowed, double held) {
    /** Of a probe that does not run. */
    public static final Effort NONE = new Effort(Duration.ofDays(1), 0, 1, 1);

    /** Of one core, 0 to 1. */
    public double share() {
        return (double) nanos / period.toNanos();
    }
}
