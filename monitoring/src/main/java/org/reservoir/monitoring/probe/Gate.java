package org.reservoir.monitoring.probe;

import java.time.Duration;

import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.probe.Transmission.Always;
import org.reservoir.monitoring.probe.Transmission.Band;
import org.reservoir.monitoring.probe.Transmission.DeadBand;
import org.reservoir.monitoring.probe.Transmission.OnChange;
import org.reservoir.monitoring.probe.Transmission.Summary;

/**
 * Applies a {@link Transmission} to one stream of measurements; keeps what was sent last. Reads no clock: time comes with
 * the rows. Tells for each row whether it, or what was made of it, is to be sent.
 */
final class Gate {
    /** The one that lets everything through keeps nothing, so that all streams share it. */
    private static final Gate OPEN = new Gate(new Always(), -1, Duration.ZERO);

    private final Transmission transmission;
    private final int attribute;
    private final long silence;
    private Row sent;
    private Row summary;
    private double[] sums;
    private int[] counts;
    private long windowEnd;

    private Gate(Transmission transmission, int attribute, Duration silence) {
        this.transmission = transmission;
        this.attribute = attribute;
        this.silence = silence.toMillis();
    }

    /** @throws org.reservoir.kernel.Refused {@code NO_SUCH_ATTRIBUTE} */
    static Gate of(Schema schema, Transmission transmission) {
        return switch (transmission) {
            case Always _ -> OPEN;
            case OnChange(var silence) -> new Gate(transmission, -1, silence);
            case DeadBand(var name, _, _, var silence) -> new Gate(transmission, schema.index(name), silence);
            case Band(var name, _, _, _, var silence) -> new Gate(transmission, schema.index(name), silence);
            case Summary _ -> new Gate(transmission, -1, Duration.ZERO);
        };
    }

    /** Whether something is to be sent now that {@code row} was measured: {@link #outgoing}. With {@code true} it is taken as sent. */
    boolean passes(Row row) {
        if (transmission instanceof Always) {
            return true;
        }
        if (transmission instanceof Summary(var window, var aggregate)) {
            return summarise(row, window.toMillis(), aggregate);
        }
        boolean pass = sent == null || row.at() - sent.at() >= silence || row.at() < sent.at() || differs(row);
        if (pass) {
            sent = sent == null ? new Row(row.schema()) : sent;
            sent.copy(row);
        }
        return pass;
    }

    /** What is to be sent after {@link #passes}: the row, or the summary of many. */
    Row outgoing(Row row) {
        return transmission instanceof Summary ? summary : row;
    }

    private boolean differs(Row row) {
        return switch (transmission) {
            case OnChange _ -> !row.sameValues(sent);
            case DeadBand(_, var width, var relative, _) -> beyond(row.number(attribute), sent.number(attribute), width, relative);
            case Band(_, var low, var high, var inside, _) -> inside == (row.number(attribute) >= low && row.number(attribute) <= high);
            case Always _, Summary _ -> true;
        };
    }

    /** A value that appears or vanishes is a change whatever the width. */
    private static boolean beyond(double now, double before, double width, boolean relative) {
        if (Double.isNaN(now) || Double.isNaN(before)) {
            return Double.isNaN(now) != Double.isNaN(before);
        }
        return Math.abs(now - before) > (relative ? width * Math.abs(before) : width);
    }

    private boolean summarise(Row row, long window, Aggregate aggregate) {
        if (summary == null) {
            summary = new Row(row.schema());
            sums = new double[row.schema().size()];
            counts = new int[row.schema().size()];
            windowEnd = row.at() + window;
        }
        for (int i = 0; i < sums.length; i++) {
            if (row.type(i).isFloating() && row.has(i)) {
                sums[i] = gather(aggregate, counts[i], sums[i], row.number(i));
                counts[i]++;
            }
        }
        if (row.at() < windowEnd && row.at() >= windowEnd - window) {
            return false;
        }
        summary.copy(row);
        for (int i = 0; i < sums.length; i++) {
            if (counts[i] > 0) {
                summary.set(i, aggregate == Aggregate.MEAN ? sums[i] / counts[i] : sums[i]);
            }
            sums[i] = 0;
            counts[i] = 0;
        }
        windowEnd = row.at() + window;
        return true;
    }

    private static double gather(Aggregate aggregate, int count, double gathered, double value) {
        return switch (aggregate) {
            case MIN -> count == 0 ? value : Math.min(gathered, value);
            case MAX -> count == 0 ? value : Math.max(gathered, value);
            case LAST -> value;
            case COUNT -> count + 1;
            default -> gathered + value;
        };
    }
}
