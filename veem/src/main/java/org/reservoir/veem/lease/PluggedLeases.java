package org.reservoir.veem.lease;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;

import org.reservoir.placement.lease.AdmissionPolicy;
import org.reservoir.placement.lease.HostPolicy;
import org.reservoir.placement.lease.LeaseRequest;
import org.reservoir.placement.lease.LeaseState;
import org.reservoir.placement.lease.LeaseView;
import org.reservoir.placement.lease.PreemptionPolicy;
import org.reservoir.placement.lease.PricingPolicy;
import org.reservoir.placement.lease.Quantity;
import org.reservoir.plugins.PluginFault;
import org.reservoir.plugins.Provided;
import org.reservoir.plugins.Unfit;
import org.reservoir.veem.host.Fence;

/**
 * Policies of leases that jars provide, for one decision each. Whatever they are asked goes through the plug-in's fence; one that fails or answers what cannot be is fenced
 * off, and the decision goes on with the usual policy. They see leases while they are asked, and not after. What a pricing policy would learn is not kept.
 */
public final class PluggedLeases {
    private static final String LEASE = "org.reservoir.placement.lease.";
    /** What such plug-ins may use: what they are asked about, and nothing that reads or plans. */
    public static final String[] USABLE = {LEASE + "AdmissionPolicy", LEASE + "PreemptionPolicy", LEASE + "HostPolicy", LEASE + "PricingPolicy", LEASE + "LeaseView", LEASE + "LeaseRequest", LEASE + "LeaseKind",
            LEASE + "LeaseState", LEASE + "Quantity"};
    private static final int LONGEST_REASON = 300;

    private PluggedLeases() {}

    public static <T> T fenced(Class<T> kind, Provided<T> provided) {
        var fence = new Fence(provided);
        if (kind == AdmissionPolicy.class) {
            return kind.cast(new Admission(fence));
        }
        if (kind == PreemptionPolicy.class) {
            return kind.cast(new Preemption(fence));
        }
        return kind.cast(kind == HostPolicy.class ? new Choice(fence) : new Priced(fence));
    }

    // ---- trials

    private static LeaseView sample(LeaseRequest.Start start) {
        var request = new LeaseRequest(1, 0, start, 3600, OptionalLong.empty(), true, List.of(Quantity.of(1000, 1L << 30, 1L << 30)), OptionalLong.empty(), "user-1", Map.of());
        return new LeaseView() {
            @Override
            public LeaseRequest request() {
                return request;
            }

            @Override
            public LeaseState state() {
                return LeaseState.PENDING;
            }

            @Override
            public long remainingAt(long time) {
                return 3600;
            }

            @Override
            public long suspendSeconds() {
                return 10;
            }

            @Override
            public long resumeSeconds() {
                return 10;
            }
        };
    }

    private static final LeaseView EXACT = sample(new LeaseRequest.Start.At(60));
    private static final LeaseView WHENEVER = sample(new LeaseRequest.Start.Whenever());

    public static void tryOut(AdmissionPolicy policy) {
        require(reasonable(policy.objection(EXACT)) && reasonable(policy.objection(WHENEVER)), "no answer whether a lease is let in");
    }

    public static void tryOut(PreemptionPolicy policy) {
        require(Arrays.stream(policy.scores(EXACT, List.of(WHENEVER), 60)).allMatch(PluggedLeases::score), "a score that is neither 0 or more nor %s".formatted(PreemptionPolicy.NEVER));
    }

    private static final List<HostPolicy.Moment> TWO_HOSTS = List.of(new HostPolicy.Moment(1, 0, Quantity.of(4000, 8L << 30, 8L << 30), Long.MAX_VALUE),
            new HostPolicy.Moment(2, 1, Quantity.of(2000, 4L << 30, 8L << 30), 60));

    public static void tryOut(HostPolicy policy) {
        require(sound(policy.scores(TWO_HOSTS, EXACT), TWO_HOSTS.size()) && sound(policy.scores(TWO_HOSTS, WHENEVER), TWO_HOSTS.size()), Choice.LIE);
    }

    public static void tryOut(PricingPolicy policy) {
        require(price(policy.price(EXACT, List.of(WHENEVER))) && price(policy.rate(EXACT)), "a price that is no number from 0 on");
    }

    private static void require(boolean sound, String otherwise) {
        if (!sound) {
            throw new Unfit(otherwise);
        }
    }

    /** A plug-in may answer anything, also none, or what is no text. */
    private static boolean reasonable(Optional<?> objection) {
        return objection != null && objection.stream().allMatch(String.class::isInstance);
    }

    private static boolean score(double score) {
        return score == PreemptionPolicy.NEVER || score >= 0 && score < Double.POSITIVE_INFINITY;
    }

    private static boolean sound(double[] scores, int hosts) {
        return scores != null && scores.length == hosts && Arrays.stream(scores).allMatch(Double::isFinite);
    }

    private static boolean price(double price) {
        return price >= 0 && price < Double.POSITIVE_INFINITY;
    }

    // ---- asking

    /** One plug-in within one decision. */
    private static final class Fence {
        private final Provided<?> provided;
        private boolean down;

        Fence(Provided<?> provided) {
            this.provided = provided;
        }

        /** @param sound whether such an answer can be; else it is told as {@code lie} */
        <R> R ask(Function<Object, R> question, Predicate<R> sound, String lie, R otherwise) {
            if (down) {
                return otherwise;
            }
            try {
                var answer = provided.call(question);
                if (sound.test(answer)) {
                    return answer;
                }
                provided.lied("gives " + lie);
            } catch (PluginFault _) {
                // it is fenced off and told by Plugins
            }
            down = true;
            return otherwise;
        }
    }

    /** A lease that a plug-in looks at. */
    private static final class Sight implements LeaseView, AutoCloseable {
        private volatile LeaseView lease;

        Sight(LeaseView lease) {
            this.lease = lease;
        }

        @Override
        public LeaseRequest request() {
            return lease.request();
        }

        @Override
        public LeaseState state() {
            return lease.state();
        }

        @Override
        public long remainingAt(long time) {
            return lease.remainingAt(time);
        }

        @Override
        public long suspendSeconds() {
            return lease.suspendSeconds();
        }

        @Override
        public long resumeSeconds() {
            return lease.resumeSeconds();
        }

        @Override
        public void close() {
            lease = EXACT;
        }
    }

    private static List<Sight> sights(List<? extends LeaseView> leases) {
        return leases.stream().map(Sight::new).toList();
    }

    private record Admission(Fence fence) implements AdmissionPolicy {
        @Override
        public Optional<String> objection(LeaseView lease) {
            try (var seen = new Sight(lease)) {
                return fence.ask(it -> ((AdmissionPolicy) it).objection(seen), PluggedLeases::reasonable, "no answer whether a lease is let in", Optional.<String>empty())
                        .map(why -> why.length() <= LONGEST_REASON ? why : why.substring(0, LONGEST_REASON) + "…");
            }
        }
    }

    private record Preemption(Fence fence) implements PreemptionPolicy {
        @Override
        public double score(LeaseView preemptor, LeaseView victim, long time) {
            return scores(preemptor, List.of(victim), time)[0];
        }

        @Override
        public double[] scores(LeaseView preemptor, List<? extends LeaseView> victims, long time) {
            var seen = sights(victims);
            try (var first = new Sight(preemptor)) {
                return fence.ask(it -> ((PreemptionPolicy) it).scores(first, seen, time),
                        scores -> scores != null && scores.length == victims.size() && Arrays.stream(scores).allMatch(PluggedLeases::score),
                        "a score that is neither 0 or more nor %s".formatted(NEVER), PreemptionPolicy.RESERVATIONS_FIRST.scores(preemptor, victims, time));
            } finally {
                seen.forEach(Sight::close);
            }
        }
    }

    /** Asked once for all hosts that come into question for a lease at a time. */
    private record Choice(Fence fence) implements HostPolicy {
        private static final String LIE = "a score of a host that is no finite number";

        @Override
        public double score(Moment host, LeaseView lease) {
            return scores(List.of(host), lease)[0];
        }

        @Override
        public double[] scores(List<Moment> hosts, LeaseView lease) {
            try (var seen = new Sight(lease)) {
                return fence.ask(it -> ((HostPolicy) it).scores(hosts, seen), scores -> sound(scores, hosts.size()), LIE, QUIET_FIRST.scores(hosts, lease));
            }
        }
    }

    private record Priced(Fence fence) implements PricingPolicy {
        private static final String LIE = "a price that is no number from 0 on";

        @Override
        public double price(LeaseView lease, List<LeaseView> preempted) {
            var seen = sights(preempted);
            try (var first = new Sight(lease)) {
                return fence.ask(it -> ((PricingPolicy) it).price(first, List.copyOf(seen)), PluggedLeases::price, LIE, 0.0);
            } finally {
                seen.forEach(Sight::close);
            }
        }

        @Override
        public double rate(LeaseView lease) {
            try (var seen = new Sight(lease)) {
                return fence.ask(it -> ((PricingPolicy) it).rate(seen), PluggedLeases::price, LIE, 0.0);
            }
        }
    }
}
