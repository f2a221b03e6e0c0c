package org.reservoir.placement.lease;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.reservoir.kernel.Refused;

/**
 * What is free on each host, and from when on: leases under way and planned taken off. Placement reads it to know until when a host can be used for something that has
 * no lease.
 *
 * @param stretches of each host in order of time; each holds until the next begins, the last for ever
 */
public record Calendar(Map<Long, List<Stretch>> stretches) {
    /** @param from seconds; {@link Long#MIN_VALUE} for the first */
    public record Stretch(long from, Quantity free) {}

    public Calendar {
        var copy = new HashMap<Long, List<Stretch>>();
        stretches.forEach((host, these) -> copy.put(host, List.copyOf(these)));
        stretches = Map.copyOf(copy);
    }

    /** @throws Refused {@code HOST_UNKNOWN} */
    public Quantity free(long host, long time) {
        return of(host).get(at(host, time)).free();
    }

    /**
     * Until when so much can be had of a host, from that time on.
     *
     * @return empty when for ever; {@code time} itself when not at all
     */
    public OptionalLong freeUntil(long host, long time, Quantity need) {
        var these = of(host);
        for (int i = at(host, time); i < these.size(); i++) {
            if (!need.fitsIn(these.get(i).free())) {
                return OptionalLong.of(Math.max(time, these.get(i).from()));
            }
        }
        return OptionalLong.empty();
    }

    private List<Stretch> of(long host) {
        var these = stretches.get(host);
        if (these == null) {
            throw Refused.notFound("HOST_UNKNOWN", "The calendar has no host %d.".formatted(host), "");
        }
        return these;
    }

    private int at(long host, long time) {
        var these = of(host);
        int low = 0;
        int high = these.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (these.get(middle).from() <= time) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
