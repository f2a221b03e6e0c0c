package org.reservoir.monitoring.history;

import java.time.Duration;
import java.util.List;

import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/**
 * Port: who keeps what was measured. Taking never waits; what cannot be kept is dropped and counted in {@link #health()}. Samples may come in
 * any order of time and are never dropped for it: a clock that was set back is no reason. Of two samples of one series and time the later
 * taken stays.
 */
public interface History extends AutoCloseable {
    /**
     * Begins a row of series of one subject. Names that are asked for again may come again.
     *
     * @param names  of what is always measured together
     * @param labels where the subject is now; those of the last pen of a series are its labels
     */
    Pen pen(Subject subject, List<String> names, Labels labels);

    /** The series that are known, in no order; at most so many. */
    List<Series> series(Wanted wanted, int most);

    /**
     * The samples of {@code span}, series without any left out. For times whose samples are no longer kept one by one, the last sample of each
     * minute, or hour, at the end of it.
     *
     * @param most samples in all
     * @throws org.reservoir.kernel.Refused {@code TOO_MANY_POINTS} when it would be more; {@code HISTORY_UNREADABLE}
     */
    List<Points> points(Wanted wanted, Span span, int most);

    /**
     * What the samples of each step come to, series without any left out. The first and the last bucket are whole buckets, and so may reach
     * beyond {@code span} where it does not begin and end with one. Where samples are no longer kept one by one, a finer step than theirs gets
     * the coarser buckets.
     *
     * @param most buckets in all
     * @throws org.reservoir.kernel.Refused {@code TOO_MANY_POINTS}, {@code HISTORY_UNREADABLE}
     */
    List<Buckets> buckets(Wanted wanted, Span span, Duration step, int most);

    Health health();

    @Override
    void close();

    /**
     * @param series  known
     * @param taken   rows, since it was opened
     * @param kept    of these, rows that are safe
     * @param dropped rows that were not, since it was opened
     * @param bytes   on disk
     * @param trouble what is wrong now, in words; empty when nothing is
     */
    record Health(long series, long taken, long kept, long dropped, long bytes, String trouble) {}
}
