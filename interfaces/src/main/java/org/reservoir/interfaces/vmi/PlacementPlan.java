package org.reservoir.interfaces.vmi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

/**
 * What a review of a placement came to: nothing, or ordered moves that are safe at every moment.
 *
 * @param id      of a plan that is or was carried out
 * @param cluster whose policy it follows; empty for the site's
 * @param why     it is in this state, in a sentence
 * @param solver  who found it
 * @param before  points of each goal as it was; less is better
 * @param after   points of each goal when all is done
 * @param steps   in the order of their beginnings
 * @param left    rules that are broken now and stay so, and moves for which no safe order was found
 * @param idle    hosts without VEEs when all is done, which could be switched off
 * @param made    when it was made
 * @param ended   when it was done or abandoned
 */
public record PlacementPlan(OptionalLong id, Optional<String> cluster, State state, String why, String solver, Map<String, Double> before, Map<String, Double> after,
                            List<Step> steps, List<String> left, List<String> idle, Instant made, Optional<Instant> ended) {
    public PlacementPlan {
        before = Map.copyOf(before);
        after = Map.copyOf(after);
        steps = List.copyOf(steps);
        left = List.copyOf(left);
        idle = List.copyOf(idle);
    }

    public enum State {
        /** Nothing is to be done. */ NOTHING,
        /** What would be done. */ PROPOSED,
        UNDER_WAY,
        DONE,
        /** A move failed, or the world changed; what was done stays, the rest is dropped. */ ABANDONED
    }

    /**
     * @param from  the VEE is there; empty when it waits for its first place
     * @param begin expected, counted from the begin of the plan; not before those that were to end by then have ended
     * @param end   expected
     * @param gain  points that it brings; moves that empty a host share what that brings
     */
    public record Step(VeeId vee, String name, Optional<Place> from, Place to, Duration begin, Duration end, double gain, Progress progress) {
        public Step now(Progress other) {
            return new Step(vee, name, from, to, begin, end, gain, other);
        }
    }

    public enum Progress { WAITING, UNDER_WAY, DONE, FAILED }

    /** A host and what it is called. */
    public record Place(HostId id, String name) {}

    public PlacementPlan with(List<Step> others) {
        return new PlacementPlan(id, cluster, state, why, solver, before, after, others, left, idle, made, ended);
    }

    /** It is what {@code id} stands for, and carried out from now on. */
    public PlacementPlan begun(long number, String because) {
        return new PlacementPlan(OptionalLong.of(number), cluster, State.UNDER_WAY, because, solver, before, after, steps, left, idle, made, ended);
    }

    public PlacementPlan ended(State how, String because, Instant at) {
        return new PlacementPlan(id, cluster, how, because, solver, before, after, steps, left, idle, made, Optional.of(at));
    }
}
