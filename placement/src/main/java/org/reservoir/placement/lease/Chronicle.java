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

    Chronicle(LeaseSite site) {
        this.site = site;
    }

    void note(long time, Lease lease, What what, String detail) {
        log.add(new LogEntry(time, lease.id(), what, List.of(), List.of(), detail));
    }

    void note(long time, Lease lease, What what, Reservation reservation) {
        log.add(new LogEntry(time, lease.id(), what, numbers(reservation.nodes), hosts(reservation), ""));
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
