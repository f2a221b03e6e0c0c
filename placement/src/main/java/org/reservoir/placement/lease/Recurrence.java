package org.reservoir.placement.lease;

import java.util.List;
import java.util.stream.LongStream;
import org.reservoir.kernel.Refused;

/**
 * A reservation that comes again: Monday's exercise, every week.
 *
 * @param every seconds from one start to the next
 * @param times how often in all
 */
public record Recurrence(long every, int times) {
    private static final int MOST = 10_000;

    /** @throws Refused {@code BAD_RECURRENCE} */
    public Recurrence {
        if (every <= 0 || every > LeaseRequest.LONGEST || times < 1 || times > MOST) {
            throw Refused.invalid("BAD_RECURRENCE", "A reservation cannot come %d times, every %d s.".formatted(times, every), "Up to %d times, with a positive period.".formatted(MOST));
        }
    }

    /**
     * The reservations one by one, the first as asked for; ids count up from its id. All arrive with the first.
     *
     * @throws Refused {@code BAD_RECURRENCE} when the lease has no exact start, or comes again before it is over
     */
    public List<LeaseRequest> of(LeaseRequest first) {
        if (!(first.start() instanceof LeaseRequest.Start.At(long start))) {
            throw Refused.invalid("BAD_RECURRENCE", "Lease %d has no exact start, so it cannot come again.".formatted(first.id()), "");
        }
        long span = first.deadline().isPresent() ? first.deadline().getAsLong() - start : first.duration();
        if (times > 1 && every < span) {
            throw Refused.invalid("BAD_RECURRENCE", "Lease %d comes again after %d s, but takes %d s: it would run into itself.".formatted(first.id(), every, span), "");
        }
        return LongStream.range(0, times).mapToObj(turn -> at(first, start, turn)).toList();
    }

    private LeaseRequest at(LeaseRequest first, long start, long turn) {
        var deadline = first.deadline().isPresent() ? java.util.OptionalLong.of(first.deadline().getAsLong() + turn * every) : first.deadline();
        return first.numbered(first.id() + turn, first.arrival()).starting(new LeaseRequest.Start.At(start + turn * every), deadline);
    }
}
