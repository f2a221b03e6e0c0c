package org.reservoir.placement.lease;

/**
 * How often a node of one shape finds room in the whole site at one moment. Remembers the last few answers until the table changes: a queue of leases that do not fit
 * asks the same thing again and again.
 */
final class Room {
    private static final int REMEMBERED = 64;

    private final SlotTable table;
    private final long[] times = new long[REMEMBERED];
    private final Quantity[] shapes = new Quantity[REMEMBERED];
    private final long[] answers = new long[REMEMBERED];
    private final long[] versions = new long[REMEMBERED];

    Room(SlotTable table) {
        this.table = table;
        java.util.Arrays.fill(versions, -1);
    }

    /** Only for shapes without instances. At most {@code enough} is counted. */
    boolean holds(Quantity shape, long time, int enough) {
        int slot = Math.floorMod(31 * shape.hashCode() + Long.hashCode(time), REMEMBERED);
        if (versions[slot] != table.version() || times[slot] != time || !shape.equals(shapes[slot])) {
            versions[slot] = table.version();
            times[slot] = time;
            shapes[slot] = shape;
            answers[slot] = count(shape, time);
        }
        return answers[slot] >= enough;
    }

    private long count(Quantity shape, long time) {
        long count = 0;
        for (int host = 0; host < table.hosts(); host++) {
            var line = table.line(host);
            long fits = shape.timesIn(line.free(line.at(time)));
            count = fits >= Integer.MAX_VALUE ? Integer.MAX_VALUE : Math.min(Integer.MAX_VALUE, count + fits);
        }
        return count;
    }
}
