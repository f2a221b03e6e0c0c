package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.reservoir.placement.Demand;
import org.reservoir.placement.State;

/** The replicas that services may want besides those that run, each with a number of its own in the state. */
final class Peaks {
    private final List<Wave> waves = new ArrayList<>();
    private final Map<Integer, String> serviceOf = new HashMap<>();
    private final Map<Service.Tier, Set<String>> groups = new IdentityHashMap<>();
    private int[] lastMore = {};
    private int[] lastWanted = {};
    /** Far from the lowest numbers, which snapshots give to room that is kept. */
    private long nextId = Long.MIN_VALUE + (1L << 40);

    /** One tier's. @param running replicas that have a place already */
    private record Wave(Service service, Service.Tier tier, int running, int[] vees) {}

    /** Makes ready what a tier may want beyond what runs. */
    void add(State state, Service service, Service.Tier tier, int running) {
        var vees = new int[Math.max(0, tier.most() - running)];
        for (int i = 0; i < vees.length; i++) {
            vees[i] = state.add(replica(service, tier));
            serviceOf.put(vees[i], service.name());
        }
        waves.add(new Wave(service, tier, running, vees));
        waves.sort(java.util.Comparator.comparingDouble((Wave wave) -> wave.service().promised()).reversed());
    }

    /** A replica of a tier, with an id that nobody else has. */
    Demand replica(Service service, Service.Tier tier) {
        var like = tier.replica();
        return new Demand(nextId++, like.amounts(), like.requirements(), like.rank(), groups.computeIfAbsent(tier, _ -> {
            var groups = new HashSet<>(like.groups());
            groups.add(service.name());
            return Set.copyOf(groups);
        }));
    }

    void belongs(int vee, String service) {
        serviceOf.put(vee, service);
    }

    /** Whose it is; null for a VEE of no service. */
    String owner(int vee) {
        return serviceOf.get(vee);
    }

    /** Everyone who may be wanted; what was promised most comes first. */
    int[] all() {
        return waves.stream().flatMapToInt(wave -> Arrays.stream(wave.vees())).toArray();
    }

    /** Where in {@link #all} each tier begins. */
    int[] begins() {
        var begins = new int[waves.size()];
        for (int i = 1; i < begins.length; i++) {
            begins[i] = begins[i - 1] + waves.get(i - 1).vees().length;
        }
        return begins;
    }

    /** How many of each tier are wanted besides at a moment drawn by lot. */
    int[] drawn(RandomGenerator random) {
        var more = new int[waves.size()];
        for (int i = 0; i < more.length; i++) {
            var wave = waves.get(i);
            more[i] = Math.max(0, wave.tier().load().drawn(wave.tier().least(), wave.tier().most(), random) - wave.running());
        }
        return more;
    }

    /** At which everybody wants their most. */
    int[] most() {
        return waves.stream().mapToInt(wave -> wave.vees().length).toArray();
    }

    /** What is wanted of a resource for all of them. @param more as {@link #drawn} */
    long asked(State state, int[] more, int resource) {
        return IntStream.range(0, more.length).filter(i -> more[i] > 0).mapToLong(i -> more[i] * state.asked(waves.get(i).vees()[0], resource)).sum();
    }

    /** Whether nobody who wants something comes after a service. */
    boolean comesLast(String service, int[] more) {
        int last = more.length - 1;
        while (last >= 0 && more[last] == 0) {
            last--;
        }
        return last >= 0 && waves.get(last).service().name().equals(service);
    }

    /** What a service wants, or with {@code others} all but it. */
    int[] of(String service, boolean others, int[] more) {
        return IntStream.range(0, more.length).map(i -> waves.get(i).service().name().equals(service) == others ? 0 : more[i]).toArray();
    }

    /** Who that is. Where as many are wanted as the last time, it is the same array: whoever is always at their most is asked for thousands of times. */
    int[] wanted(int[] more) {
        if (!Arrays.equals(more, lastMore)) {
            lastMore = more.clone();
            lastWanted = those(more);
        }
        return lastWanted;
    }

    private int[] those(int[] more) {
        return IntStream.range(0, more.length).flatMap(i -> Arrays.stream(waves.get(i).vees(), 0, more[i])).toArray();
    }
}
