package org.reservoir.monitoring;

import java.util.List;

import org.reservoir.monitoring.history.Pen;

/** Series of one subject that are measured together: found once, then filled row by row, and one row in the history. Not for several threads at once. */
public final class Together {
    private final Measurements measurements;
    private final Subject subject;
    private final List<String> names;
    private final Ring[] rings;
    private Pen pen = Pen.NONE;
    private int era = -1;

    Together(Measurements measurements, Subject subject, List<String> names) {
        this.measurements = measurements;
        this.subject = subject;
        this.names = List.copyOf(names);
        rings = new Ring[names.size()];
    }

    /**
     * Takes one value for each name, NaN where there is none. What cannot be taken is counted by its reason, and the others are.
     *
     * @param at     epoch milliseconds
     * @param values NaN is put where a value was not taken
     */
    public void take(long at, double[] values) {
        int taken = 0;
        for (int i = 0; i < rings.length; i++) {
            if (!Double.isNaN(values[i])) {
                var ring = Double.isFinite(values[i]) ? ring(i) : null;
                if (ring != null) {
                    ring.add(at, values[i]);
                    taken++;
                } else {
                    values[i] = refused(values[i]);
                }
            }
        }
        if (taken > 0) {
            measurements.took(taken);
            pen().write(at, values);
        }
    }

    /** How many of them were found. */
    int known() {
        int known = 0;
        for (var ring : rings) {
            known += ring == null ? 0 : 1;
        }
        return known;
    }

    /** Has the processor fetch what the next row will touch, see {@link Ring#seen}. */
    long seen() {
        long seen = 0;
        for (var ring : rings) {
            seen += ring == null ? 0 : ring.seen();
        }
        return seen;
    }

    private double refused(double value) {
        if (!Double.isFinite(value)) {
            measurements.refuse(Measurements.Refusal.NOT_A_NUMBER);
        }
        return Double.NaN;
    }

    /** Null when it was refused, and counted; kept within this class. A ring that was let go is not filled: who asks for the series sees another. */
    private Ring ring(int i) {
        if (rings[i] == null || rings[i].isLeft()) {
            rings[i] = measurements.ring(new SeriesKey(subject, names.get(i)));
        }
        return rings[i];
    }

    /** Asked for anew from time to time, for the subject's labels change. */
    private Pen pen() {
        int now = measurements.era();
        if (era != now) {
            era = now;
            pen = measurements.pen(subject, names);
        }
        return pen;
    }
}
