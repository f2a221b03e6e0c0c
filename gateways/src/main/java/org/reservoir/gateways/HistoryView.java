package org.reservoir.gateways;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Interval;

/** What was measured over time. Who may read it is decided by the gateway before it asks. */
public interface HistoryView {
    /**
     * Which series are asked for.
     *
     * @param subject {@code vee-7}, {@code host-2}, {@code service-1}, {@code site}; empty for all
     * @param metric  empty for all
     */
    record Which(Optional<String> subject, Optional<String> metric) {}

    /**
     * @param step   zero for the samples themselves
     * @param figure of each step: {@code avg, min, max, sum, count, last}
     */
    record When(Interval time, Duration step, String figure) {}

    /** @throws org.reservoir.kernel.Refused {@code TOO_MANY_POINTS}, {@code BAD_SUBJECT} */
    List<MeasuredLine> range(Which which, When when);

    /**
     * Series put together.
     *
     * @param by     {@code service, component, host, subject} or {@code metric}; empty for all in one
     * @param across {@code sum, avg, min, max, count}: what is made of the figures of one step
     */
    List<MeasuredLine> groups(Which which, When when, List<String> by, String across);

    /** @param format {@code csv} or {@code parquet} */
    void export(Which which, Interval time, String format, OutputStream to) throws IOException;

    /** Before an answer is begun that cannot be taken back: refuses what reading would refuse. @throws org.reservoir.kernel.Refused as the others */
    void require(Which which);

    HistoryHealth health();

    /** @param labels such as {@code service}, {@code component}, {@code host}; of a group, what its members have in common */
    record MeasuredLine(String subject, String metric, Map<String, String> labels, List<MeasuredPoint> points) {
        public MeasuredLine {
            labels = Map.copyOf(labels);
            points = List.copyOf(points);
        }
    }

    /** @param at the sample's time, or the begin of the step */
    record MeasuredPoint(Instant at, double value) {}

    /**
     * @param store   what keeps it
     * @param series  known
     * @param rows    taken since the server started
     * @param safe    of these, written down
     * @param dropped of these, lost because there was no room or the disk failed
     * @param bytes   on disk
     * @param trouble what is wrong now; empty when nothing is
     */
    record HistoryHealth(String store, long series, long rows, long safe, long dropped, long bytes, String trouble) {}
}
