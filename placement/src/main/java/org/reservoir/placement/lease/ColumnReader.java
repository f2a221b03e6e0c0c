package org.reservoir.placement.lease;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.reservoir.kernel.Refused;

/**
 * Reads reservations from the column format that Haizea used before XML, the format of the published experiments' injected leases:
 * {@code arrival start duration realduration nodes processors memory disk image imagesize}, in seconds and MB; a start of {@code -1} is best effort.
 */
public final class ColumnReader {
    private static final int FIELDS = 10;
    private static final int PER_PROCESSOR = 100;

    private ColumnReader() {}

    /**
     * Leases with ids from 1.
     *
     * @param start what its times count from
     * @param site  whose amounts the nodes have
     * @throws Refused {@code BAD_LWF} with the line
     */
    public static List<LeaseRequest> read(Reader in, long start, LeaseSite site) {
        var leases = new ArrayList<LeaseRequest>();
        try (var lines = new BufferedReader(in)) {
            int number = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    leases.add(lease(line.strip().split("\\s+"), number, leases.size() + 1, start, site));
                }
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return leases;
    }

    private static LeaseRequest lease(String[] fields, int line, long id, long start, LeaseSite site) {
        if (fields.length != FIELDS) {
            throw Refused.invalid("BAD_LWF", "Line %d: %d columns, not %d.".formatted(line, fields.length, FIELDS), "");
        }
        var values = new long[8];
        for (int f = 0; f < values.length; f++) {
            if (!fields[f].matches("-?\\d{1,12}")) {
                throw Refused.invalid("BAD_LWF", "Line %d: column %d is '%s', not a whole number.".formatted(line, f + 1, fields[f]), "");
            }
            values[f] = Long.parseLong(fields[f]);
        }
        if (values[4] < 1 || values[4] > 1_000_000) {
            throw Refused.invalid("BAD_LWF", "Line %d: the lease asks for %d nodes.".formatted(line, values[4]), "");
        }
        var when = values[1] < 0 ? new LeaseRequest.Start.Whenever() : new LeaseRequest.Start.At(start + values[1]);
        var node = site.cpuAndMemory(PER_PROCESSOR * values[5], values[6]);
        return new LeaseRequest(id, start + values[0], when, values[2], OptionalLong.empty(), values[1] < 0, Collections.nCopies((int) values[4], node),
                OptionalLong.of(values[3]), "", Map.of());
    }
}
