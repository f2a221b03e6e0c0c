package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.veem.SimulatedSite.ADMIN;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;

/** A site of three simulated hosts, a step at a time, whose placement is reviewed. Those who wish to be apart are so at every step. */
abstract class ReviewedSite {
    static final PlacementPolicy POWER = policy(Map.of("power", 1.0), Duration.ZERO);
    static final PlacementPolicy BALANCE = policy(Map.of("balance", 1.0), Duration.ZERO);
    final SteppedSite site = new SteppedSite(3);

    @AfterEach
    void close() {
        site.close();
    }

    static PlacementPolicy policy(Map<String, Double> goals, Duration period) {
        return new PlacementPolicy(Optional.empty(), goals, 1, 10, 0.01, period, Optional.empty());
    }

    VeeSpec spec(String name) {
        return VeeSpec.of(name, 8, DataSize.gibibytes(4));
    }

    VeeSpec apart(String name) {
        return spec(name).wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.of("db"), false, true, Optional.empty()));
    }

    Placements placements() {
        return site.veem.placements();
    }

    /** Lets plans and their moves go on until nothing does, checking after each turn that the apart ones are apart. */
    void settle() {
        int done;
        do {
            done = site.veem.optimiser.turn();
            apartHolds();
            site.work();
            apartHolds();
            done += site.veem.optimiser.turn();
        } while (done > 0);
    }

    void apartHolds() {
        var hosts = site.vees().stream().filter(vee -> vee.spec().placement().apart()).flatMap(vee -> vee.hosts().stream()).toList();
        assertThat(hosts).doesNotHaveDuplicates();
    }

    Map<HostId, Long> perHost() {
        return site.vees().stream().collect(Collectors.groupingBy(vee -> vee.host().orElseThrow(), TreeMap::new, Collectors.counting()));
    }

    PlacementPlan newest() {
        return placements().plans(ADMIN).getFirst();
    }
}
