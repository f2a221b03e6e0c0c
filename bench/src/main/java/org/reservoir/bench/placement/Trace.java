package org.reservoir.bench.placement;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.reservoir.bench.Report;
import org.reservoir.kernel.expression.Dimension;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Value;
import org.reservoir.kernel.expression.Vocabulary;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.HostWords;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;

/**
 * {@code placement.trace}: Alibaba's GPU cluster of 2023. Its pods come one after the other and stay, then more of the same, drawn at random, until so much is asked for; what
 * share of the devices is given out? First placement, ranked by an expression as an
 * administrator would write it, beside best fit and dot product. With times, also the trace as it went.
 * Devices are counted in thousandths per node; the referee tells how many shares would be torn.
 */
public final class Trace {
    private static final Resource GPU = new Resource("gpu", Dimension.COUNT, 3);
    private static final Resource MIB = new Resource("mib", Dimension.COUNT, 0);
    private static final List<Resource> RESOURCES = List.of(Resource.CPU, MIB, GPU);
    private static final Vocabulary WORDS = HostWords.vocabulary(RESOURCES);
    /** Of all devices: what is asked for in the end. */
    private static final double ASKED = 1.3;
    /**
     * Where the fewest devices more are left without CPUs for them; of equals where the fewest devices are left. Its numbers: the CPUs and the devices that the pod asks for, and how many
     * CPUs a device is used with.
     */
    private static final String RANK = "max(0, free_gpu - free_cpu / %3$s) - max(0, free_gpu - %2$s - (free_cpu - %1$s) / %3$s) - 0.01 * free_gpu - 0.0001 * free_cpu";
    /** Pods without devices go where there are none, if they can. */
    private static final String FIRST_WITHOUT = " - 1000 * total_gpu";

    private Trace() {}

    public static void run(List<String> arguments, Report report) throws IOException {
        var directory = arguments.isEmpty() ? data().resolve("packing/alibaba-openb-2023") : Path.of(arguments.getFirst());
        var nodes = OpenbTrace.nodes(directory.resolve("openb_node_list_all_node.csv"));
        var lists = arguments.size() > 1 ? arguments.subList(1, arguments.size()) : List.of("default", "gpuspec33", "multigpu50", "gpushare40");
        for (var name : lists) {
            report.progress(name);
            var pods = OpenbTrace.pods(directory.resolve("openb_pod_list_%s.csv".formatted(name)));
            pile(name, nodes, pods, report);
            if (pods.stream().allMatch(pod -> pod.created().isPresent() && pod.deleted().isPresent())) {
                replay(name, nodes, pods, report);
            }
        }
    }

    private static Path data() {
        var told = System.getenv("RESERVOIR_DATA");
        return told == null ? Path.of("../shared/data") : Path.of(told);
    }

    // ---- pods that stay

    private static void pile(String name, List<OpenbTrace.Node> nodes, List<OpenbTrace.Pod> trace, Report report) {
        var pods = inflated(nodes, trace);
        for (var baseline : TraceBaseline.values()) {
            var cluster = baseline.new Cluster(nodes);
            tell(name + ", to 130 %, " + words(baseline), new TraceReferee(nodes, pods, pods.stream().mapToInt(cluster::place).toArray()), report);
        }
        var placer = Placer.open(snapshot(nodes, pods));
        var cpus = cpusToADevice(pods);
        long cpu = Replanning.cpu();
        var at = IntStream.range(0, pods.size()).map(p -> place(placer, pods.get(p), p, cpus)).toArray();
        report.figure(name + ", to 130 %, ours: CPU per pod", (Replanning.cpu() - cpu) / 1e3 / pods.size(), "us");
        tell(name + ", to 130 %, ours", new TraceReferee(nodes, pods, at), report);
    }

    private static List<OpenbTrace.Pod> inflated(List<OpenbTrace.Node> nodes, List<OpenbTrace.Pod> trace) {
        var pods = new ArrayList<>(trace);
        var random = new Random(1);
        long asked = trace.stream().mapToLong(OpenbTrace.Pod::gpu).sum();
        for (double most = ASKED * nodes.stream().mapToLong(OpenbTrace.Node::gpu).sum(); asked < most; asked += pods.getLast().gpu()) {
            pods.add(trace.get(random.nextInt(trace.size())));
        }
        return pods;
    }

    private static String words(TraceBaseline baseline) {
        return baseline.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static void tell(String name, TraceReferee referee, Report report) {
        report.figure(name + ": devices given out", 100 * referee.allocated(), "%");
        report.figure(name + ": pods placed", referee.placed(), "pods");
        report.figure(name + ": rules broken", referee.broken(), "");
        report.figure(name + ": shares torn over devices", referee.torn(), "pods");
    }

    // ---- the trace as it went

    private static void replay(String name, List<OpenbTrace.Node> nodes, List<OpenbTrace.Pod> pods, Report report) {
        for (var baseline : TraceBaseline.values()) {
            var cluster = baseline.new Cluster(nodes);
            replay(name + ", as it went, " + words(baseline), nodes, pods, p -> cluster.place(pods.get(p)), (p, node) -> cluster.release(pods.get(p), node), report);
        }
        var placer = Placer.open(snapshot(nodes, pods));
        var cpus = cpusToADevice(pods);
        replay(name + ", as it went, ours", nodes, pods, p -> place(placer, pods.get(p), p, cpus), (p, _) -> placer.release(p), report);
    }

    @FunctionalInterface
    private interface Leaving {
        void leave(int pod, int node);
    }

    /** Each pod comes once and leaves at its time; at the hour at which most is asked for, and in the end, the referee looks. */
    private static void replay(String name, List<OpenbTrace.Node> nodes, List<OpenbTrace.Pod> pods, ToIntFunction<Integer> place, Leaving release, Report report) {
        var events = new ArrayList<Event>();
        for (int p = 0; p < pods.size(); p++) {
            events.add(new Event(pods.get(p).created().orElseThrow(), true, p));
            events.add(new Event(Math.max(pods.get(p).deleted().orElseThrow(), pods.get(p).created().orElseThrow() + 1), false, p));
        }
        Collections.sort(events, Comparator.comparingLong(Event::time).thenComparing(Event::comes).thenComparingInt(Event::pod));
        var at = new int[pods.size()];
        Arrays.fill(at, -1);
        int refused = 0;
        double most = 0;
        int broken = 0;
        for (int i = 0; i < events.size(); i++) {
            var event = events.get(i);
            if (event.comes()) {
                at[event.pod()] = place.applyAsInt(event.pod());
                refused += at[event.pod()] < 0 ? 1 : 0;
            } else if (at[event.pod()] >= 0) {
                release.leave(event.pod(), at[event.pod()]);
                at[event.pod()] = -1;
            }
            if (i % 500 == 0) {
                var referee = new TraceReferee(nodes, pods, at);
                most = Math.max(most, referee.allocated());
                broken += referee.broken();
            }
        }
        report.figure(name + ": pods refused", refused, "pods");
        report.figure(name + ": devices given out, at most", 100 * most, "%");
        report.figure(name + ": rules broken", broken, "");
    }

    private record Event(long time, boolean comes, int pod) {}

    // ---- the trace in our words

    private static int place(Placer placer, OpenbTrace.Pod pod, int p, String cpusToADevice) {
        var rank = RANK.formatted(thousandths(pod.cpu()), thousandths(pod.gpu()), cpusToADevice) + (pod.gpu() > 0 ? "" : FIRST_WITHOUT);
        return placer.place(demand(p, pod).ranking(Expression.number(rank, WORDS)), Policy.PACKING) instanceof Decision.Placed placed ? (int) placed.host() : -1;
    }

    private static String thousandths(long amount) {
        return BigDecimal.valueOf(amount, 3).toPlainString();
    }

    /** What pods with devices ask for on average: what an administrator knows of his users. */
    private static String cpusToADevice(List<OpenbTrace.Pod> pods) {
        var with = pods.stream().filter(pod -> pod.gpu() > 0).toList();
        return BigDecimal.valueOf((double) with.stream().mapToLong(OpenbTrace.Pod::cpu).sum() / with.stream().mapToLong(OpenbTrace.Pod::gpu).sum()).setScale(2, RoundingMode.HALF_UP).toPlainString();
    }

    private static Demand demand(int p, OpenbTrace.Pod pod) {
        return Demand.of(p, Amounts.of(pod.cpu(), pod.memory(), pod.gpu()), pod.models().isEmpty() ? new String[0] : new String[] {group(pod.models())});
    }

    private static String group(Set<String> models) {
        return models.stream().sorted().collect(Collectors.joining("|"));
    }

    private static Snapshot snapshot(List<OpenbTrace.Node> nodes, List<OpenbTrace.Pod> pods) {
        var hosts = IntStream.range(0, nodes.size()).mapToObj(n -> HostView.of(n, nodes.get(n).name(), Amounts.of(nodes.get(n).cpu(), nodes.get(n).memory(), nodes.get(n).gpu()))
                .with("model", Value.text(nodes.get(n).model()))).toList();
        var constraints = pods.stream().map(OpenbTrace.Pod::models).filter(models -> !models.isEmpty()).distinct()
                .<Constraint>map(models -> new Constraint.Within(group(models), "model", models)).toList();
        return new Snapshot(RESOURCES, hosts, List.of(), constraints);
    }
}
