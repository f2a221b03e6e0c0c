package org.reservoir.bench.placement;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.reservoir.bench.Report;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.HostWords;
import org.reservoir.placement.Level;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Rank;
import org.reservoir.placement.Snapshot;

/** {@code placement.first}: VEEs placed one by one onto many hosts, of ten flavours, 40 % of them in anti-affinity groups of four. */
public final class FirstPlacement {
    private static final long GIB = 1L << 30;

    private FirstPlacement() {}

    public static void run(List<String> arguments, Report report) {
        int hosts = arguments.isEmpty() ? 10_000 : Integer.parseInt(arguments.getFirst());
        int vees = arguments.size() > 1 ? Integer.parseInt(arguments.get(1)) : 100_000;
        var policies = new TreeMap<>(Map.of("packing", Policy.PACKING, "striping", Policy.STRIPING, "load-aware", Policy.LOAD_AWARE,
                "expression", new Policy(new Rank.Custom(Expression.number("free_memory / 1 GiB - 2 * running", HostWords.STANDARD)))));
        report.progress("warming up");
        run(hosts, vees, Policy.STRIPING);
        policies.forEach((name, policy) -> run(hosts, vees, policy).tell(name, report));
    }

    /** @param nanos of each placement, ascending */
    private record Figures(long[] nanos, long cpu, int refused) {
        void tell(String rank, Report report) {
            report.figure(rank + ": p50", nanos[nanos.length / 2] / 1e3, "us");
            report.figure(rank + ": p99", nanos[(int) (nanos.length * 0.99)] / 1e3, "us");
            report.figure(rank + ": cpu per placement", cpu / 1e3 / nanos.length, "us");
            report.figure(rank + ": placements per cpu-second", nanos.length / (cpu / 1e9), "1/s");
            report.figure(rank + ": refused", refused, "VEEs");
        }
    }

    private static Figures run(int hosts, int vees, Policy policy) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        var constraints = new ArrayList<Constraint>();
        var demands = demands(vees, random, constraints);
        var placer = Placer.open(Snapshot.of(hosts(hosts, random)).with(List.of(), constraints));
        var nanos = new long[vees];
        int refused = 0;
        long cpu = cpu();
        for (int i = 0; i < vees; i++) {
            long start = System.nanoTime();
            refused += placer.place(demands.get(i), policy) instanceof Decision.Placed ? 0 : 1;
            nanos[i] = System.nanoTime() - start;
        }
        cpu = cpu() - cpu;
        Arrays.sort(nanos);
        return new Figures(nanos, cpu, refused);
    }

    private static List<HostView> hosts(int count, RandomGenerator random) {
        var hosts = new ArrayList<HostView>();
        for (int h = 1; h <= count; h++) {
            int size = 1 + random.nextInt(4);
            hosts.add(HostView.of(h, "node-" + h, Amounts.of(16_000L * size, 64 * GIB * size, 1000 * GIB * size)).in("rack-" + h % 250, "site-" + h % 2));
        }
        return hosts;
    }

    private static List<Demand> demands(int count, RandomGenerator random, List<Constraint> constraints) {
        var demands = new ArrayList<Demand>();
        var needsDisk = Expression.condition("free_disk >= 100 GiB and site = \"site-1\"", HostWords.STANDARD);
        for (int i = 0; i < count; i++) {
            int flavour = random.nextInt(10);
            var amounts = Amounts.of(500L * (1 + flavour % 4), (1L + flavour) * GIB, 10 * GIB);
            boolean grouped = i % 20 < 8;
            var demand = grouped ? Demand.of(i + 1, amounts, "group-" + i / 20 + "-" + i % 20 / 4) : Demand.of(i + 1, amounts);
            if (grouped && i % 4 == 0) {
                constraints.add(new Constraint.Spread("group-" + i / 20 + "-" + i % 20 / 4, Level.HOST));
            }
            demands.add(flavour == 9 ? demand.requiring(needsDisk) : demand);
        }
        return demands;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
