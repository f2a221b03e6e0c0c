package org.reservoir.interfaces.vmi;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Refused;

/**
 * What is better for the hosts of a site, or of one of its clusters, and how often it is looked for.
 *
 * @param cluster   whose it is; empty for the site's, which holds for clusters without one of their own
 * @param goals     what is to be had little of, each with its weight: {@code balance}, {@code power}, {@code few-moves}, {@code headroom}, {@code profit}, or what a plug-in provides.
 *                  Points differ: 1000 are one host that is full (balance) or missing (headroom), 1 is a watt (power) or a migration (few-moves), 1000 are lost by the hour (profit). Without goals
 *                  first placement is as the site was started with
 * @param failures  hosts whose loss {@code headroom} is kept for; 1 when left out
 * @param mostMoves migrations that one plan may ask for; 10 when left out
 * @param leastGain the part of what the present costs that a change must gain; 0.01 when left out
 * @param period    between two reviews; zero, when left out, for none but those that are asked for
 * @param prices    for the goal {@code profit}, by the hour: what VEEs bring ({@code cpu}, {@code gib} of memory), what is claimed for one that waits ({@code penalty}, a multiple of what
 *                  it would bring; {@code penalty-CLASS} for those with the tag {@code sla=CLASS}, which VEEs of services have by the share of time that is promised), and what hosts cost for what is used of them ({@code host-cpu}, {@code host-gib}; labels {@code cost_cpu} and {@code cost_gib} of a host go before)
 * @param sleep     when hosts without VEEs are put to sleep; never when left out
 */
public record PlacementPolicy(Optional<String> cluster, Map<String, Double> goals, int failures, int mostMoves, double leastGain, Duration period, Optional<Sleep> sleep,
                              Map<String, Double> prices) {
    public static final int MOVES = 10;
    public static final double GAIN = 0.01;
    /** Of a site that nobody has given a policy. */
    public static final PlacementPolicy NONE = new PlacementPolicy(Optional.empty(), Map.of(), 1, MOVES, GAIN, Duration.ZERO, Optional.empty(), Map.of());
    private static final int MOST_GOALS = 16;
    private static final int MOST_MOVES = 100_000;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(31);

    public PlacementPolicy {
        goals = Map.copyOf(goals);
        prices = Map.copyOf(prices);
        require(prices.size() <= MOST_GOALS, "A list of %d prices".formatted(prices.size()), "Give at most %d.".formatted(MOST_GOALS));
        goals.forEach((goal, weight) -> require(weight > 0 && weight <= 1e6, "A goal %s of the weight %s".formatted(goal, weight), "A weight is more than 0 and at most 1000000; leave out what counts for nothing."));
        require(goals.size() <= MOST_GOALS, "A policy of %d goals".formatted(goals.size()), "Give at most %d.".formatted(MOST_GOALS));
        require(failures >= 0 && failures <= 1000, "Headroom for the loss of %d hosts".formatted(failures), "Give 0 to 1000.");
        require(mostMoves >= 0 && mostMoves <= MOST_MOVES, "A plan of at most %d moves".formatted(mostMoves), "Give 0 to %d.".formatted(MOST_MOVES));
        require(leastGain >= 0 && leastGain <= 1, "A gain of at least %s".formatted(leastGain), "Give a part between 0 and 1: 0.01 is one of a hundred.");
        require(period.isZero() || period.compareTo(SHORTEST) >= 0 && period.compareTo(LONGEST) <= 0, "A review every %s".formatted(period), "Give a second to 31 days, or 0 for none.");
    }

    /** Without prices. */
    public PlacementPolicy(Optional<String> cluster, Map<String, Double> goals, int failures, int mostMoves, double leastGain, Duration period, Optional<Sleep> sleep) {
        this(cluster, goals, failures, mostMoves, leastGain, period, sleep, Map.of());
    }

    /**
     * @param after time for which a host must have been without VEEs
     * @param spare hosts without VEEs that stay awake for who comes next; one is woken when there are fewer. 1 when left out
     */
    public record Sleep(Duration after, int spare) {
        private static final int MOST_SPARE = 10_000;

        public Sleep {
            require(after.compareTo(SHORTEST) >= 0 && after.compareTo(LONGEST) <= 0, "Sleep after %s without VEEs".formatted(after), "Give a second to 31 days.");
            require(spare >= 0 && spare <= MOST_SPARE, "Keeping %d hosts without VEEs awake".formatted(spare), "Give 0 to %d.".formatted(MOST_SPARE));
        }
    }

    private static void require(boolean fine, String what, String advice) {
        if (!fine) {
            throw Refused.invalid("BAD_PLACEMENT_POLICY", "%s makes no policy.".formatted(what), advice);
        }
    }
}
