package org.reservoir.placement;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Maps of hosts to places: to themselves, racks, sites, parts. All places share one numbering; the hosts of a rack or site follow each other. */
final class Locations {
    private final int[][] byLevel = new int[Level.values().length][];
    private int next;

    /** @param hosts sorted by site and rack */
    Locations(List<HostView> hosts) {
        next = hosts.size();
        byLevel[0] = IntStream.range(0, next).toArray();
        byLevel[1] = new int[hosts.size()];
        byLevel[2] = new int[hosts.size()];
        for (int h = 0; h < hosts.size(); h++) {
            boolean sameSite = h > 0 && hosts.get(h).site().equals(hosts.get(h - 1).site());
            boolean sameRack = sameSite && hosts.get(h).rack().equals(hosts.get(h - 1).rack());
            byLevel[1][h] = sameRack ? byLevel[1][h - 1] : next++;
            byLevel[2][h] = sameSite ? byLevel[2][h - 1] : next++;
        }
    }

    int[] of(Level level) {
        return byLevel[level.ordinal()];
    }

    /** A place for each part; hosts of no part are {@link State#NOWHERE}. */
    int[] ofParts(List<int[]> parts) {
        var map = new int[byLevel[0].length];
        Arrays.fill(map, State.NOWHERE);
        for (var part : parts) {
            for (int host : part) {
                map[host] = next;
            }
            next++;
        }
        return map;
    }
}
