package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.reservoir.kernel.Refused;
import org.reservoir.placement.State;

/**
 * How often hosts are down at a moment drawn by lot: one less their availability.
 *
 * @param usual of a host of which nothing else is known
 * @param known of hosts by id
 * @param rack  of a whole rack
 */
public record Failures(double usual, Map<Long, Double> known, double rack) {
    public Failures {
        known = Map.copyOf(known);
        require(usual);
        require(rack);
        known.values().forEach(Failures::require);
    }

    public static Failures of(double usual) {
        return new Failures(usual, Map.of(), 0);
    }

    private static void require(double chance) {
        if (!(chance >= 0 && chance < 1)) {
            throw Refused.invalid("BAD_FAILURES", "%s is no chance of being down.".formatted(chance), "Give a number from 0 to less than 1.");
        }
    }

    /** Of a host, apart from its rack. */
    double chance(long host) {
        return known.getOrDefault(host, usual);
    }

    /** Which hosts of a state are down. Hosts of one rack stand next to each other in it. */
    int[] drawn(State state, RandomGenerator random) {
        return known.isEmpty() && rack == 0 ? alike(state.hosts(), random) : oneByOne(state, random);
    }

    /** Leaps from one that is down to the next: few are. */
    private int[] alike(int hosts, RandomGenerator random) {
        var down = new int[8];
        int count = 0;
        double leap = Math.log1p(-usual);
        for (double host = usual == 0 ? hosts : Math.floor(Math.log1p(-random.nextDouble()) / leap); host < hosts; host += 1 + Math.floor(Math.log1p(-random.nextDouble()) / leap)) {
            down = count == down.length ? Arrays.copyOf(down, 2 * count) : down;
            down[count++] = (int) host;
        }
        return Arrays.copyOf(down, count);
    }

    private int[] oneByOne(State state, RandomGenerator random) {
        var down = new boolean[state.hosts()];
        boolean rackDown = false;
        for (int h = 0; h < down.length; h++) {
            var host = state.host(h);
            boolean newRack = h == 0 || !host.rack().equals(state.host(h - 1).rack()) || !host.site().equals(state.host(h - 1).site());
            rackDown = newRack ? rack > 0 && random.nextDouble() < rack : rackDown;
            down[h] = random.nextDouble() < chance(host.id()) || rackDown;
        }
        return IntStream.range(0, down.length).filter(h -> down[h]).toArray();
    }
}
