package org.reservoir.accounting;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;

/**
 * Turns one VEE's life-cycle events into usage: the part that runs on, and what each event ends. Pure. The VEE's
 * generation goes up with its life: an event of an older one is a repetition or comes too late, and changes nothing; the
 * last event taken again changes nothing either. Times never go back: an event whose clock reads earlier than the usage it
 * ends, ends it where it began.
 *
 * @param last    generation of the last event taken
 * @param running usage that goes on, its end still open (its interval is empty)
 * @param since   when the VEE was first charged
 * @param gone    whether the VEE has ended for good
 */
record Meter(long last, Optional<Usage> running, Optional<Instant> since, boolean gone) {
    static final Meter NEW = new Meter(0, Optional.empty(), Optional.empty(), false);

    /** @param ended usage that the event ended; never of length zero */
    record Step(Meter next, Optional<Usage> ended) {}

    Step take(VeeChanged event) {
        if (event.generation() < last || gone) {
            return new Step(this, Optional.empty());
        }
        boolean goneNow = event.to() == VeeState.TERMINATED;
        var holding = Holding.after(running.map(Usage::holding), event.to());
        var at = later(event.at().truncatedTo(ChronoUnit.MICROS)); // what the site database keeps
        var begun = since.or(() -> holding.map(_ -> at));
        var now = holding.map(held -> usage(event, held, begun.orElse(at), at));
        if (running.isPresent() && now.isPresent() && sameButForTime(running.get(), now.get())) {
            return new Step(new Meter(event.generation(), running, begun, goneNow), Optional.empty());
        }
        return new Step(new Meter(event.generation(), now, begun, goneNow), ended(at));
    }

    /** The usage that goes on, up to {@code now}. */
    Optional<Usage> until(Instant now) {
        return ended(later(now.truncatedTo(ChronoUnit.MICROS)));
    }

    private Optional<Usage> ended(Instant at) {
        return running.filter(usage -> usage.time().from().isBefore(at)).map(usage -> usage.during(new Interval(usage.time().from(), at)));
    }

    private Instant later(Instant at) {
        return running.map(usage -> usage.time().from()).filter(at::isBefore).orElse(at);
    }

    private static boolean sameButForTime(Usage a, Usage b) {
        return a.during(b.time()).equals(b);
    }

    private static Usage usage(VeeChanged event, Holding holding, Instant since, Instant at) {
        return new Usage(event.vee(), event.name(), event.user(), event.group(), service(event),
                Optional.ofNullable(event.tags().get(VeeChanged.COMPONENT_TAG)), holding,
                new Amounts(event.vcpus(), event.cpu(), event.memory(), event.disk(), 0), since, new Interval(at, at));
    }

    /** A tag is free text that anybody may write; one that is no service's id makes the VEE one without a service. */
    private static Optional<ServiceId> service(VeeChanged event) {
        try {
            return Optional.ofNullable(event.tags().get(VeeChanged.SERVICE_TAG)).map(ServiceId::parse);
        } catch (Refused _) {
            return Optional.empty();
        }
    }
}
