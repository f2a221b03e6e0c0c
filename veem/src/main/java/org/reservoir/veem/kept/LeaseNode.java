package org.reservoir.veem.kept;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.VeeId;

/**
 * A VEE of a lease and what it is to be: the plan's word, which stays until the VEE is so, whatever dies meanwhile.
 *
 * @param number from 1
 * @param vee    empty when it begins anew and is yet to be made
 * @param host   where it is to be so; the book of leases counts it there
 * @param since  when that was said
 */
public record LeaseNode(LeaseId lease, int number, Optional<VeeId> vee, Wanted wanted, Optional<HostId> host, Instant since, Optional<String> problem) {

    public enum Wanted { /** Its time has not come. */ HELD, RUNNING, /** Its memory on disk, its room free. */ SAVED, ENDED }

    /** What brings it nearer to what it is to be. */
    public sealed interface Step {
        /** It is so, or on its way, or nothing can be done now. */
        public record Wait() implements Step {}

        /** There is no VEE: it begins anew. */
        public record Make() implements Step {}

        public record Act(VeeAction action) implements Step {}
    }

    public LeaseNode wanting(Wanted next, Optional<HostId> where, Instant now) {
        return new LeaseNode(lease, number, vee, next, where, now, Optional.empty());
    }

    public LeaseNode with(Optional<VeeId> other) {
        return new LeaseNode(lease, number, other, wanted, host, since, problem);
    }

    /** @param record the VEE as it is; empty when there is none */
    public Step next(Optional<VeeRecord> record) {
        if (record.isEmpty()) {
            return wanted == Wanted.RUNNING ? new Step.Make() : new Step.Wait();
        }
        return switch (wanted) {
            case HELD -> new Step.Wait();
            case RUNNING -> run(record.get());
            case SAVED -> save(record.get());
            case ENDED -> end(record.get());
        };
    }

    private Step run(VeeRecord record) {
        return switch (record.state()) {
            case HELD, PENDING, UNDEPLOYED -> new Step.Act(new VeeAction.Deploy(host.orElseThrow()));
            case STOPPED -> isThere(record) ? new Step.Act(new VeeAction.Resume()) : new Step.Act(new VeeAction.Migrate(host, false));
            case DEPLOYING, RUNNING, CHANGING, SUSPENDING, SUSPENDED, STOPPING, RESUMING, SHUTTING_DOWN, POWERED_OFF, BOOTING, MIGRATING, UNDEPLOYING, UNKNOWN, FAILED,
                 TERMINATING, TERMINATED -> new Step.Wait();
        };
    }

    /** One that its user has shut off has no memory to save; it leaves its host all the same. */
    private Step save(VeeRecord record) {
        return switch (record.state()) {
            case RUNNING, SUSPENDED -> new Step.Act(new VeeAction.Stop());
            case POWERED_OFF -> new Step.Act(new VeeAction.Undeploy(true));
            case STOPPED -> isThere(record) ? new Step.Wait() : new Step.Act(new VeeAction.Migrate(host, false));
            case HELD, PENDING, UNDEPLOYED, DEPLOYING, CHANGING, SUSPENDING, STOPPING, RESUMING, SHUTTING_DOWN, BOOTING, MIGRATING, UNDEPLOYING, UNKNOWN, FAILED,
                 TERMINATING, TERMINATED -> new Step.Wait();
        };
    }

    private static Step end(VeeRecord record) {
        return switch (record.state()) {
            case TERMINATING, TERMINATED -> new Step.Wait();
            default -> new Step.Act(new VeeAction.Terminate(true));
        };
    }

    private boolean isThere(VeeRecord record) {
        return record.host().equals(host);
    }
}
