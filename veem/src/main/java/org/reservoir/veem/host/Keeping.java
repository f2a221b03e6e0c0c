package org.reservoir.veem.host;

import java.time.Duration;
import java.util.Optional;

/**
 * How hosts are looked after.
 *
 * @param census      between two listings of a host, when no event calls for one
 * @param silence     after which a host that does not answer is shown UNREACHABLE
 * @param onEnd       what to do about guests that crash, or end with their host
 * @param restartLost after which VEEs of a silent host start elsewhere, once it is fenced off; empty never
 * @param fence       how a silent host is fenced off
 * @param waking      how hosts that sleep are woken
 */
public record Keeping(Duration census, Duration silence, Drift.OnEnd onEnd, Optional<Duration> restartLost, Fence fence, Waking waking) {
    public static final Keeping USUAL = new Keeping(Duration.ofSeconds(60), Duration.ofSeconds(20), Drift.OnEnd.RESTART, Optional.empty(), Fence.NONE, Waking.USUAL);

    /** VEEs of a host that is silent for so long start elsewhere, once it is fenced off. */
    public Keeping restartingLost(Duration after, Fence by) {
        return new Keeping(census, silence, onEnd, Optional.of(after), by, waking);
    }

    public Keeping waking(Waking otherwise) {
        return new Keeping(census, silence, onEnd, restartLost, fence, otherwise);
    }
}
