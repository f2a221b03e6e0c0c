package org.reservoir.veem.kept;

import static org.reservoir.interfaces.vmi.VeeState.*;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;

/**
 * The life-cycle of a VEE as one table: which action is allowed in which states, and what it leads to. Pure: it reads no
 * clock and touches no host. The table is drawn into docs/reference/vee-lifecycle.md by its test.
 *
 * <p>An action leads either straight to a state ({@link Row#to()}) or to a {@link Job} at the host, whose own table
 * ({@link Job#during()}, {@link Job#after}) says where the VEE is while and after it is done. When a job fails for good, the
 * VEE is {@code FAILED} until a {@link VeeAction.Recover}; a failed deployment is first tried on other hosts.
 */
public final class Lifecycle {
    private Lifecycle() {}

    /** One line of the table. Exactly one of {@code job} and {@code to} is given. */
    public record Row(Class<? extends VeeAction> action, Set<VeeState> from, Optional<Job> job, Optional<VeeState> to) {}

    /** States in which a guest exists, so that something can be done with it at its host. */
    private static final Set<VeeState> PLACED = EnumSet.of(RUNNING, SUSPENDED, STOPPED, POWERED_OFF, UNKNOWN);
    private static final Set<VeeState> UNPLACED = EnumSet.of(HELD, PENDING, UNDEPLOYED);
    private static final Set<VeeState> LIVING = EnumSet.complementOf(EnumSet.of(TERMINATED));

    public static final List<Row> TABLE = List.of(
            to(VeeAction.Release.class, PENDING, HELD),
            to(VeeAction.Hold.class, HELD, PENDING),
            job(VeeAction.Deploy.class, Job.DEPLOY, HELD, PENDING, UNDEPLOYED),
            job(VeeAction.Suspend.class, Job.PAUSE, RUNNING),
            job(VeeAction.Stop.class, Job.SAVE, RUNNING, SUSPENDED),
            job(VeeAction.Resume.class, Job.UNPAUSE, SUSPENDED),
            job(VeeAction.Resume.class, Job.RESTORE, STOPPED),
            job(VeeAction.Resume.class, Job.BOOT, POWERED_OFF),
            to(VeeAction.Resume.class, PENDING, UNDEPLOYED),
            job(VeeAction.PowerOff.class, Job.SHUT_DOWN, RUNNING, SUSPENDED, UNKNOWN, SHUTTING_DOWN),
            job(VeeAction.Reboot.class, Job.REBOOT, RUNNING),
            job(VeeAction.Undeploy.class, Job.UNDEPLOY, RUNNING, SUSPENDED, POWERED_OFF),
            job(VeeAction.Migrate.class, Job.MIGRATE, RUNNING, SUSPENDED, POWERED_OFF, STOPPED),
            to(VeeAction.Resize.class, HELD, HELD), to(VeeAction.Resize.class, PENDING, PENDING), to(VeeAction.Resize.class, UNDEPLOYED, UNDEPLOYED),
            job(VeeAction.Resize.class, Job.RESIZE, RUNNING, POWERED_OFF),
            job(VeeAction.AttachDisk.class, Job.ATTACH_DISK, RUNNING, POWERED_OFF),
            job(VeeAction.DetachDisk.class, Job.DETACH_DISK, RUNNING, POWERED_OFF),
            job(VeeAction.ResizeDisk.class, Job.RESIZE_DISK, RUNNING, POWERED_OFF),
            job(VeeAction.SaveDisk.class, Job.SAVE_DISK, RUNNING, POWERED_OFF, SUSPENDED),
            job(VeeAction.AttachNic.class, Job.ATTACH_NIC, RUNNING, POWERED_OFF),
            job(VeeAction.DetachNic.class, Job.DETACH_NIC, RUNNING, POWERED_OFF),
            job(VeeAction.Filter.class, Job.FILTER_NIC, RUNNING, POWERED_OFF),
            job(VeeAction.TakeSnapshot.class, Job.TAKE_SNAPSHOT, RUNNING, POWERED_OFF, SUSPENDED),
            job(VeeAction.RevertSnapshot.class, Job.REVERT_SNAPSHOT, RUNNING, POWERED_OFF, SUSPENDED),
            job(VeeAction.DeleteSnapshot.class, Job.DELETE_SNAPSHOT, RUNNING, POWERED_OFF, SUSPENDED),
            new Row(VeeAction.Terminate.class, EnumSet.of(HELD, PENDING), Optional.empty(), Optional.of(TERMINATED)),
            new Row(VeeAction.Terminate.class, without(LIVING, HELD, PENDING), Optional.of(Job.TERMINATE), Optional.empty()));

    /** @throws Refused {@code WRONG_STATE} naming the states in which the action is allowed */
    public static Row row(VeeState state, VeeAction action, String vee) {
        return TABLE.stream().filter(row -> row.action() == action.getClass() && row.from().contains(state)).findFirst()
                .orElseThrow(() -> wrongState(state, action, vee));
    }

    private static Refused wrongState(VeeState state, VeeAction action, String vee) {
        var allowed = TABLE.stream().filter(row -> row.action() == action.getClass()).flatMap(row -> row.from().stream())
                .distinct().sorted().map(VeeState::name).collect(Collectors.joining(", "));
        return Refused.conflict("WRONG_STATE", "%s is %s; %s is not possible now.".formatted(vee, state, verb(action)),
                state.passing() ? "Wait until it has settled, then try again." : "It is possible when the VEE is %s.".formatted(allowed));
    }

    /** The action's name as people write it: {@code attach-disk}. */
    public static String verb(VeeAction action) {
        return verb(action.getClass());
    }

    public static String verb(Class<? extends VeeAction> action) {
        return action.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether a VEE in this state needs CPU and memory of its host kept for it. */
    public static boolean needsProcessors(VeeState state) {
        return switch (state) {
            case HELD, PENDING, UNDEPLOYED, TERMINATED, STOPPED -> false;
            case DEPLOYING, RUNNING, CHANGING, SUSPENDING, SUSPENDED, STOPPING, RESUMING, SHUTTING_DOWN, POWERED_OFF, BOOTING, MIGRATING, UNDEPLOYING,
                 UNKNOWN, FAILED, TERMINATING -> true;
        };
    }

    public static boolean placed(VeeState state) {
        return PLACED.contains(state);
    }

    static boolean unplaced(VeeState state) {
        return UNPLACED.contains(state);
    }

    private static Row job(Class<? extends VeeAction> action, Job job, VeeState first, VeeState... more) {
        return new Row(action, EnumSet.of(first, more), Optional.of(job), Optional.empty());
    }

    private static Row to(Class<? extends VeeAction> action, VeeState to, VeeState first) {
        return new Row(action, EnumSet.of(first), Optional.empty(), Optional.of(to));
    }

    private static Set<VeeState> without(Set<VeeState> states, VeeState... others) {
        var rest = EnumSet.copyOf(states);
        rest.removeAll(Set.of(others));
        return rest;
    }
}
