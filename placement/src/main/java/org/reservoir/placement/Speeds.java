package org.reservoir.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How fast VEEs have moved, learnt from moves that were made. Of each pair of hosts it is the median of what was seen, in which what is a week old counts
 * half; what was assumed before has one vote, so one odd move changes nothing for the better. A host sends, and receives, as fast as with its fastest partner; a pair that
 * has not been seen is as fast as the slower of both.
 *
 * @param overhead  of each move, whatever its size
 * @param pairs     bytes per second
 * @param sending   of hosts, bytes per second; {@code receiving} likewise
 */
public record Speeds(Duration overhead, Map<Pair, Long> pairs, Map<Long, Long> sending, Map<Long, Long> receiving) {
    /** Nothing was measured. */
    public static final Speeds UNMEASURED = new Speeds(Duration.ofSeconds(1), Map.of(), Map.of(), Map.of());
    private static final double HALF_LIFE_SECONDS = Duration.ofDays(7).toSeconds();
    private static final double MIDDLE = 0.45;
    private static final long LEAST = 1L << 20;
    private static final long MOST = 100L << 30;

    /** Ids of hosts. */
    public record Pair(long from, long to) {}

    /** A move that was made. @param bytes of its memory, as the VEE asked for it; what of disks went along is in the time */
    public record Passage(Pair pair, long bytes, Duration took, Instant at) {
        /** Whether anything is to be learnt from it: one of no size or no time tells of no speed. */
        boolean tells() {
            return bytes >= LEAST && took.isPositive();
        }
    }

    private record Seen(double bytesPerSecond, double weight) {}

    public Speeds {
        pairs = Map.copyOf(pairs);
        sending = Map.copyOf(sending);
        receiving = Map.copyOf(receiving);
    }

    /** @param assumed bytes per second, before anything was measured */
    public static Speeds of(Collection<Passage> passages, long assumed, Instant now) {
        var telling = passages.stream().filter(Passage::tells).toList();
        // of the shortest move no more than half was overhead: else the speed of small ones would be made up
        long shortest = telling.stream().mapToLong(passage -> passage.took().toMillis()).min().orElse(Long.MAX_VALUE);
        var overhead = Duration.ofMillis(Math.min(UNMEASURED.overhead.toMillis(), shortest / 2));
        var seen = new HashMap<Pair, List<Seen>>();
        for (var passage : telling) {
            double seconds = Math.max(1e-3, passage.took().minus(overhead).toNanos() / 1e9);
            double age = Math.max(0, Duration.between(passage.at(), now).toSeconds());
            seen.computeIfAbsent(passage.pair(), _ -> new ArrayList<>()).add(new Seen(passage.bytes() / seconds, Math.pow(0.5, age / HALF_LIFE_SECONDS)));
        }
        var pairs = new HashMap<Pair, Long>();
        var sending = new HashMap<Long, Long>();
        var receiving = new HashMap<Long, Long>();
        seen.forEach((pair, list) -> {
            long speed = median(list, assumed);
            pairs.put(pair, speed);
            sending.merge(pair.from(), speed, Math::max);
            receiving.merge(pair.to(), speed, Math::max);
        });
        return new Speeds(overhead, pairs, sending, receiving);
    }

    /** Of two in the middle the slower, also when that is a little older. */
    private static long median(List<Seen> seen, long assumed) {
        var all = new ArrayList<>(seen);
        all.add(new Seen(assumed, 1));
        all.sort(Comparator.comparingDouble(Seen::bytesPerSecond));
        double middle = all.stream().mapToDouble(Seen::weight).sum() * MIDDLE;
        double passed = 0;
        for (var one : all) {
            passed += one.weight();
            if (passed >= middle) {
                return Math.clamp((long) one.bytesPerSecond(), LEAST, MOST);
            }
        }
        throw new IllegalStateException("no median of " + all);
    }

    /** Bytes per second; empty when neither the pair nor both of its hosts in their parts were ever seen. */
    public OptionalLong between(long from, long to) {
        var pair = pairs.get(new Pair(from, to));
        if (pair != null) {
            return OptionalLong.of(pair);
        }
        var out = sending.get(from);
        var in = receiving.get(to);
        return out != null && in != null ? OptionalLong.of(Math.min(out, in)) : OptionalLong.empty();
    }

    /** Whether nothing was. */
    public boolean unmeasured() {
        return pairs.isEmpty() && sending.isEmpty();
    }
}
