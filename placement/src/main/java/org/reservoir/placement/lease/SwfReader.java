package org.reservoir.placement.lease;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.reservoir.kernel.Refused;

/**
 * Reads job logs in the standard workload format of the Parallel Workloads Archive (Feitelson): header comments {@code ; Name: value}, then one job a line in 18 fields.
 * Each job becomes a best-effort lease of one processor per node, as haizea-swf2lwf makes it: the time asked for is its duration, the time it took its real one.
 */
public final class SwfReader {
    private static final int FIELDS = 18;
    private static final int CANCELLED = 5;
    private static final int UNKNOWN = -1;

    /**
     * A log.
     *
     * @param header  what the comments say, names in lower case
     * @param leftOut jobs without processors or time
     */
    public record Log(Map<String, String> header, List<Job> jobs, int leftOut) {
        public Log {
            header = Map.copyOf(header);
            jobs = List.copyOf(jobs);
        }

        /** Processors of the machine as the header has it; empty if it does not say. */
        public OptionalLong processors() {
            for (var name : List.of("maxprocs", "maxnodes")) {
                var said = header.getOrDefault(name, "").strip();
                if (said.matches("\\d{1,9}") && Long.parseLong(said) > 0) {
                    return OptionalLong.of(Long.parseLong(said));
                }
            }
            return OptionalLong.empty();
        }

        public Log withoutCancelled() {
            return new Log(header, jobs.stream().filter(job -> !job.cancelled).toList(), leftOut);
        }

        /** Each job as a lease of nodes of that shape. @param start when the log begins */
        public List<LeaseRequest> leases(long start, Quantity node) {
            return jobs.stream().map(job -> job.lease(start, node)).toList();
        }
    }

    /**
     * A job.
     *
     * @param took      seconds; empty when the log does not say
     * @param cancelled before it began. It was in the queue all the same: as a lease it asks for what it wanted and gives it back after a second, which is how
     *                  Haizea's published baseline counts it ({@link Log#withoutCancelled} leaves it out, as haizea-swf2lwf does)
     */
    public record Job(long number, long submitted, int processors, long wanted, OptionalLong took, String user, boolean cancelled) {
        private LeaseRequest lease(long start, Quantity node) {
            return new LeaseRequest(number, start + submitted, new LeaseRequest.Start.Whenever(), wanted, OptionalLong.empty(), true, Collections.nCopies(processors, node), took,
                    user, Map.of());
        }
    }

    private SwfReader() {}

    /** @throws Refused {@code BAD_SWF} with the line, for one that is neither a comment nor a job */
    public static Log read(Reader in) {
        var header = new HashMap<String, String>();
        var jobs = new ArrayList<Job>();
        int leftOut = 0;
        try (var lines = new BufferedReader(in)) {
            int number = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.startsWith(";")) {
                    comment(line, header);
                } else if (!line.isBlank()) {
                    var job = job(line.strip().split("\\s+"), number);
                    if (job.wanted > 0 && job.processors > 0) {
                        jobs.add(job);
                    } else {
                        leftOut++;
                    }
                }
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return new Log(header, jobs, leftOut);
    }

    private static void comment(String line, Map<String, String> header) {
        int colon = line.indexOf(':');
        if (colon > 0) {
            header.putIfAbsent(line.substring(1, colon).strip().toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
    }

    private static Job job(String[] fields, int line) {
        if (fields.length != FIELDS) {
            throw bad(line, "%d fields, not %d".formatted(fields.length, FIELDS));
        }
        var values = new double[FIELDS];
        for (int f = 0; f < FIELDS; f++) {
            values[f] = value(fields[f], f, line);
        }
        boolean cancelled = values[3] < 0 && values[10] == CANCELLED;
        long took = cancelled ? 1 : values[3] < 0 ? UNKNOWN : Math.max(1, Math.round(values[3]));
        long asked = values[8] > 0 ? (long) Math.ceil(values[8]) : took;
        double processors = values[7] > 0 ? values[7] : values[4];
        if (values[1] < 0 || values[0] < 0) {
            throw bad(line, "job %s is submitted at %s".formatted(fields[0], fields[1]));
        }
        return new Job((long) values[0], Math.round(values[1]), (int) processors, asked, took > 0 ? OptionalLong.of(took) : OptionalLong.empty(), fields[11], cancelled);
    }

    private static double value(String text, int field, int line) {
        try {
            double value = Double.parseDouble(text);
            if (Math.abs(value) <= 1e9 || field != 7 && field != 4 && Math.abs(value) <= LeaseRequest.LONGEST) {
                return value;
            }
        } catch (NumberFormatException _) {
            throw bad(line, "field %d is '%s', not a number".formatted(field + 1, text));
        }
        throw bad(line, "field %d is %s, out of range".formatted(field + 1, text));
    }

    private static Refused bad(int line, String what) {
        return Refused.invalid("BAD_SWF", "Line %d: %s.".formatted(line, what), "Each job is a line of %d numbers, and a comment begins with ';'.".formatted(FIELDS));
    }
}
