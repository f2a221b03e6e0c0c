package org.reservoir.monitoring.kinds;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/**
 * Asks a co-process for its figures: it is told {@code MEASURE} and answers with lines {@code NAME VALUE} and then {@code END}.
 * A program that ends, says what makes no sense, says too much or does not answer in time is ended and started again, each
 * time after a longer pause, and after so many starts in a row that brought nothing it is given up.
 */
final class Script implements Probe {
    static final int MOST_STARTS = 8;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int MOST_LINES = 1000;

    private final Schema schema;
    private final CoProcess process;
    private final LongSupplier nanos;
    /** Starts since it brought something last. */
    private int vainStarts;
    private long notBefore;
    private boolean ended;

    Script(Schema schema, CoProcess process, LongSupplier nanos) {
        this.schema = schema;
        this.process = process;
        this.nanos = nanos;
        this.notBefore = nanos.getAsLong();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public synchronized void measure(Row row) throws Exception {
        if (ended) {
            return;
        }
        if (!process.runs()) {
            begin();
        }
        try {
            process.say("MEASURE");
            hear(row);
            vainStarts = 0;
        } catch (Exception trouble) { // whatever it is, what the program would say next is of no use
            process.end();
            notBefore = nanos.getAsLong() + pause().toNanos();
            throw trouble;
        }
    }

    private void begin() throws Exception {
        if (vainStarts >= MOST_STARTS) {
            throw new IllegalStateException("given up: it was started %d times and told nothing that makes sense".formatted(vainStarts));
        }
        if (nanos.getAsLong() < notBefore) {
            throw new IllegalStateException("it ended and is started again in a while");
        }
        vainStarts++;
        process.start();
    }

    private Duration pause() {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(vainStarts, 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private void hear(Row row) throws InterruptedException {
        for (int lines = 0; lines < MOST_LINES; lines++) {
            var line = process.line();
            if (line.equals("END")) {
                return;
            }
            take(line, row);
        }
        throw new IllegalStateException("more than %d lines in one answer".formatted(MOST_LINES));
    }

    private void take(String line, Row row) {
        var words = line.split(" ", 2);
        if (words.length < 2 || !SeriesKey.isName(words[0])) {
            throw new IllegalStateException("it says what is no NAME VALUE");
        }
        schema.indexOf(words[0]).ifPresent(attribute -> row.set((int) attribute, number(words[0], words[1])));
    }

    private static double number(String name, String text) {
        try {
            double value = Double.parseDouble(text.strip());
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException _) {
            // told below, as infinity is
        }
        throw new IllegalStateException("the value of %s is no decimal number".formatted(name));
    }

    @Override
    public void ended() {
        process.end(); // what waits for an answer gets none
        synchronized (this) {
            ended = true;
            process.end();
        }
    }
}
