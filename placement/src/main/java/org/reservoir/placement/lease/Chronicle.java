package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.reservoir.placement.lease.LogEntry.What;

/** Writes down what happens and which hosts were busy with what. */
final class Chronicle {
    private final LeaseSite site;
    private final List<LogEntry> log = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<LeaseAction> actions = new ArrayList<>();

    Chronicle(LeaseSite site) {
        this.site = site;
    }

    void note(long time, Lease lease, What what, String detail) {
        log.add(new LogEntry(time, lease.id(), what, List.of(), List.of(), detail));
    }

    void note(long time, Lease lease, What what, Reservation reservation) {
        var entry = new LogEntry(time, lease.id(), what, numbers(reservation.nodes), hosts(reservation), "");
        log.add(entry);
        for (int i = 0; i < entry.nodes().size(); i++) {
            order(entry, i, reservation);
        }
    }

    private void order(LogEntry entry, int i, Reservation reservation) {
        var vee = new LeaseAction.Vee(entry.lease(), entry.nodes().get(i));
        long host = entry.hosts().get(i);
        switch (entry.what()) {
            case STARTED -> actions.add(new LeaseAction.Start(vee, host, entry.time()));
            case SUSPENDING -> actions.add(new LeaseAction.Suspend(vee, host, entry.time()));
            case MOVING -> actions.add(new LeaseAction.Move(vee, site.hosts().get(((Run.Step) reservation).from[i]).id(), host, entry.time()));
            case RESUMING -> actions.add(new LeaseAction.Resume(vee, host, entry.time()));
            case SHUTTING_DOWN -> actions.add(new LeaseAction.ShutDown(vee, host, entry.time()));
            case KILLED -> actions.add(new LeaseAction.Stop(vee, host, entry.time()));
            default -> { }
        }
    }

    /** The images of a lease are of no use any more. */
    void discardImages(Lease lease, long time) {
        for (int node : lease.allNodes()) {
            if (lease.imageAt[node] >= 0) {
                actions.add(new LeaseAction.Discard(new LeaseAction.Vee(lease.id(), node + 1), site.hosts().get(lease.imageAt[node]).id(), time));
            }
        }
    }

    List<LeaseAction> actions() {
        return actions;
    }

    /** That a reservation is over, at that time. */
    void over(Reservation reservation, long time) {
        slots.add(slot(reservation, reservation.start, Math.max(reservation.start, time)));
    }

    Slot slot(Reservation reservation, long start, long end) {
        var from = reservation instanceof Run.Step step && step.kind == SlotKind.MOVE ? ids(step.from) : List.<Long>of();
        return new Slot(reservation.lease.id(), reservation.kind, start, end, numbers(reservation.nodes), hosts(reservation), from);
    }

    private List<Long> hosts(Reservation reservation) {
        var hostOf = reservation instanceof Run run ? run.hostOf : ((Run.Step) reservation).run.hostOf;
        return ids(Arrays.stream(reservation.nodes).map(node -> hostOf[node]).toArray());
    }

    private List<Long> ids(int[] hosts) {
        return Arrays.stream(hosts).mapToObj(host -> site.hosts().get(host).id()).toList();
    }

    private static List<Integer> numbers(int[] nodes) {
        return Arrays.stream(nodes).mapToObj(node -> node + 1).toList();
    }

    List<LogEntry> log() {
        return log;
    }

    List<Slot> slots() {
        return slots;
    }
}
