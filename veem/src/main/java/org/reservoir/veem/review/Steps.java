package org.reservoir.veem.review;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.reservoir.interfaces.vmi.PlacementPlan.Progress;
import org.reservoir.interfaces.vmi.PlacementPlan.Step;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.placing.Whole;

/** Where the steps of a plan stand, by what their VEEs are now. */
final class Steps {
    private Steps() {}

    static Progress progress(Step step, Optional<VeeRecord> vee) {
        return switch (step.progress()) {
            case DONE, FAILED -> step.progress();
            case UNDER_WAY -> going(step, vee);
            // first placement was faster, which is as good
            case WAITING -> step.from().isEmpty() && vee.flatMap(VeeRecord::host).isPresent() ? Progress.DONE : Progress.WAITING;
        };
    }

    private static Progress going(Step step, Optional<VeeRecord> vee) {
        if (vee.isEmpty() || vee.get().state() == VeeState.TERMINATED) {
            return Progress.FAILED;
        }
        var there = vee.get().host().filter(step.to().id()::equals).isPresent();
        var going = step.from().isPresent() ? vee.get().state() == VeeState.MIGRATING && vee.get().destination().filter(step.to().id()::equals).isPresent()
                : vee.get().state() == VeeState.DEPLOYING && there;
        if (going) {
            return Progress.UNDER_WAY;
        }
        return there && vee.get().state() != VeeState.FAILED ? Progress.DONE : Progress.FAILED;
    }

    /**
     * Whether the step waits, and all that were to end by its beginning have ended. Those who get their first places as one set come after everybody else, for nobody
     * waits for them.
     *
     * @param sets steps that give a VEE of a set its first place
     */
    static boolean ripe(List<Step> steps, int i, Predicate<Step> sets) {
        var step = steps.get(i);
        return step.progress() == Progress.WAITING && steps.stream().filter(sets.negate()).filter(other -> sets.test(step) || other.end().compareTo(step.begin()) <= 0)
                .allMatch(other -> other.progress() == Progress.DONE);
    }

    /** Whether the VEE is where the plan saw it, and may move. */
    static boolean asPlanned(Step step, VeeRecord vee) {
        return step.from().map(from -> Whole.mayMove(vee) && vee.host().filter(from.id()::equals).isPresent()).orElse(vee.state() == VeeState.PENDING);
    }
}
