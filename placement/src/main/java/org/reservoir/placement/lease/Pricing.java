package org.reservoir.placement.lease;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.random.RandomGeneratorFactory;
import org.reservoir.kernel.Refused;

/** Haizea's pricing policies. */
public final class Pricing {
    private Pricing() {}

    /** Everything is free and nobody is asked. */
    public record Free() implements PricingPolicy {
        @Override
        public double price(LeaseView lease, List<LeaseView> preempted) {
            return 0;
        }

        @Override
        public double rate(LeaseView lease) {
            return 0;
        }

        @Override
        public boolean asks() {
            return false;
        }
    }

    /** One rate for all, plus what the preempted lose while they are suspended and resumed. @param suspending whether they are suspended at all */
    public record Constant(double rate, boolean suspending) implements PricingPolicy {
        public Constant {
            require(rate, "rate");
        }

        @Override
        public double price(LeaseView lease, List<LeaseView> preempted) {
            return (PricingPolicy.nodeHours(lease.request()) + surcharge(preempted, suspending)) * rate;
        }

        @Override
        public double rate(LeaseView lease) {
            return rate;
        }
    }

    /** A rate drawn anew for each lease, from its id and the seed. */
    public record Random(long seed, double least, double most, boolean suspending) implements PricingPolicy {
        public Random {
            require(least, "min-rate");
            require(most - least, "max-rate minus min-rate");
        }

        @Override
        public double price(LeaseView lease, List<LeaseView> preempted) {
            return (PricingPolicy.nodeHours(lease.request()) + surcharge(preempted, suspending)) * rate(lease);
        }

        @Override
        public double rate(LeaseView lease) {
            return least + (most - least) * RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + lease.id()).nextDouble();
        }
    }

    /** What its user would just pay. */
    public record Maximum() implements PricingPolicy {
        @Override
        public double price(LeaseView lease, List<LeaseView> preempted) {
            return PricingPolicy.nodeHours(lease.request()) * rate(lease);
        }

        @Override
        public double rate(LeaseView lease) {
            return userRate(lease.request()).orElse(0);
        }
    }

    /** What is known of one user's purse. NaN stands for not yet seen. */
    public record Purse(double leastTaken, double mostTaken, double leastRefused, double estimate, boolean found) {
        static final Purse UNKNOWN = new Purse(Double.NaN, Double.NaN, Double.NaN, Double.NaN, false);

        Purse after(double rate, boolean taken) {
            if (!taken) {
                return new Purse(leastTaken, mostTaken, Double.isNaN(leastRefused) ? rate : Math.min(rate, leastRefused), estimate, found);
            }
            if (Double.isNaN(leastTaken)) {
                return new Purse(rate, rate, leastRefused, estimate, found);
            }
            return Double.isNaN(leastRefused) ? new Purse(Math.min(rate, leastTaken), Math.max(rate, mostTaken), leastRefused, estimate, found)
                    : new Purse(leastTaken, mostTaken, leastRefused, estimate, true);
        }

        Purse estimated() {
            if (found) {
                return this;
            }
            double guess = Double.isNaN(leastRefused) ? mostTaken * 1.5 : Double.isNaN(leastTaken) ? leastRefused * 0.5 : (mostTaken + leastRefused) / 2;
            return new Purse(leastTaken, mostTaken, leastRefused, guess, false);
        }
    }

    /** The (upper) median of what its users seem ready to pay, learnt from what they take and refuse. */
    public record Adaptive(double rate, boolean suspending, Map<String, Purse> purses) implements PricingPolicy {
        public Adaptive {
            require(rate, "rate");
            purses = Map.copyOf(purses);
        }

        @Override
        public double price(LeaseView lease, List<LeaseView> preempted) {
            return new Constant(rate, suspending).price(lease, preempted);
        }

        @Override
        public double rate(LeaseView lease) {
            return rate;
        }

        @Override
        public PricingPolicy after(Verdict verdict) {
            var now = new TreeMap<>(purses);
            now.merge(verdict.lease().user(), Purse.UNKNOWN.after(verdict.rate(), verdict.taken()), (before, _) -> before.after(verdict.rate(), verdict.taken()));
            now.replaceAll((_, purse) -> purse.estimated());
            var estimates = now.values().stream().mapToDouble(Purse::estimate).sorted().toArray();
            return new Adaptive(estimates[estimates.length / 2], suspending, now);
        }
    }

    static OptionalDouble userRate(LeaseRequest lease) {
        var said = lease.extras().get(LeaseRequest.USER_RATE);
        if (said == null) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(said));
        } catch (NumberFormatException _) {
            throw Refused.invalid("BAD_LEASE", "Lease %d: its %s is '%s', not a number.".formatted(lease.id(), LeaseRequest.USER_RATE, said), "");
        }
    }

    private static double surcharge(List<LeaseView> preempted, boolean suspending) {
        return !suspending ? 0 : preempted.stream().mapToDouble(lease -> (lease.suspendSeconds() + lease.resumeSeconds()) / 3600.0 * lease.request().nodes().size()).sum();
    }

    private static void require(double rate, String name) {
        if (!(rate >= 0 && Double.isFinite(rate))) {
            throw Refused.invalid("BAD_SETTING", "Pricing: %s cannot be %s.".formatted(name, rate), "");
        }
    }
}
