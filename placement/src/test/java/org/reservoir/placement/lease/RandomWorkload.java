package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.reservoir.kernel.testing.Seeded;

/** Small sites, all kinds of leases, all settings; the same for the same seed. */
record RandomWorkload(Workload workload, LeaseSettings settings, LeasePolicies policies) {
    static RandomWorkload of(long seed) {
        var random = Seeded.random(seed);
        var settings = settings(random);
        int hosts = 1 + random.nextInt(6);
        int cores = 1 + random.nextInt(3);
        var site = LeaseSite.uniform(hosts, 100L * cores, 1024L * cores);
        var leases = new ArrayList<LeaseRequest>();
        long time = 0;
        for (int id = 1 + random.nextInt(25); id > 0; id--) {
            time += random.nextInt(4) == 0 ? 0 : random.nextInt(2000);
            leases.add(lease(random, leases.size() + 1, time, nodes(random, site, hosts * cores)));
        }
        var policies = settings.replanning() ? LeasePolicies.USUAL.with(PreemptionPolicy.deadlines(settings.suspension() != LeaseSettings.Suspension.NONE)) : LeasePolicies.USUAL;
        return new RandomWorkload(new Workload(site, 0, leases), settings, policies);
    }

    private static LeaseSettings settings(RandomGenerator random) {
        return LeaseSettings.USUAL.replanning(random.nextInt(3) == 0).backfilling(new int[] {0, 1, 1, 2, LeaseSettings.UNLIMITED}[random.nextInt(5)])
                .suspending(LeaseSettings.Suspension.values()[random.nextInt(3)], 16 + random.nextInt(64), 16 + random.nextInt(64), LeaseSettings.Exclusion.values()[random.nextInt(2)])
                .migrating(LeaseSettings.Migration.values()[random.nextInt(3)], 100)
                .thresholds(random.nextInt(3), random.nextInt(5) == 0 ? OptionalLong.of(random.nextInt(100)) : OptionalLong.empty())
                .taking(random.nextBoolean() ? 0 : random.nextInt(30), random.nextBoolean() ? 0 : random.nextInt(3))
                .queueing(LeaseSettings.Queueing.values()[random.nextInt(2)]);
    }

    private static List<Quantity> nodes(RandomGenerator random, LeaseSite site, int most) {
        var nodes = new ArrayList<Quantity>();
        boolean alike = random.nextInt(3) > 0;
        for (int n = 1 + random.nextInt(most + 1); n > 0; n--) {
            nodes.add(alike && !nodes.isEmpty() ? nodes.getFirst() : site.cpuAndMemory(random.nextInt(3) == 0 ? 50 : 100, 256L * (1 + random.nextInt(4))));
        }
        return nodes;
    }

    private static LeaseRequest lease(RandomGenerator random, long id, long time, List<Quantity> nodes) {
        int duration = 1 + random.nextInt(5000);
        long start = time + random.nextInt(4000);
        var lease = switch (random.nextInt(6)) {
            case 0, 1, 2 -> LeaseRequest.bestEffort(id, time, duration, nodes);
            case 3 -> LeaseRequest.reservation(id, time, start, duration, nodes);
            case 4 -> LeaseRequest.immediate(id, time, duration, nodes);
            default -> LeaseRequest.deadline(id, time, start, duration, start + duration + random.nextInt(8000), nodes);
        };
        return random.nextBoolean() ? lease.ending(1 + random.nextInt(duration)) : lease;
    }

    RandomWorkload queueing(LeaseSettings.Queueing order) {
        return new RandomWorkload(workload, settings.queueing(order), policies);
    }

    Outcome run() {
        return Simulation.run(workload, settings, policies);
    }
}
