package org.reservoir.placement.lease;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Haizea's policies, by the names that they have in its configuration. */
public final class NamedPolicies {
    public static final List<String> ADMISSION = List.of("accept-all", "no-ARs");
    public static final List<String> PREEMPTION = List.of("no-preemption", "ar-preempts-everything", "ar-preempts-be", "deadline");
    public static final List<String> HOSTS = List.of("greedy", "no-policy");
    public static final List<String> PRICING = List.of("free", "constant", "random", "maximum", "adaptive");
    /** Numbers that pricing policies read; 0 when not given. */
    public static final List<String> NUMBERS = List.of("rate", "min-rate", "max-rate", "seed");

    private NamedPolicies() {}

    /** Empty for a name that is not known; so are the others. */
    public static Optional<AdmissionPolicy> admission(String name) {
        return switch (name) {
            case "accept-all" -> Optional.of(AdmissionPolicy.ALL);
            case "no-ARs" -> Optional.of(AdmissionPolicy.NO_RESERVATIONS);
            default -> Optional.empty();
        };
    }

    /** @param suspending whether leases can be suspended at all */
    public static Optional<PreemptionPolicy> preemption(String name, boolean suspending) {
        return switch (name) {
            case "no-preemption" -> Optional.of(PreemptionPolicy.NONE);
            case "ar-preempts-everything", "ar-preempts-be" -> Optional.of(PreemptionPolicy.RESERVATIONS_FIRST);
            case "deadline" -> Optional.of(PreemptionPolicy.deadlines(suspending));
            default -> Optional.empty();
        };
    }

    public static Optional<HostPolicy> hosts(String name) {
        return switch (name) {
            case "no-policy" -> Optional.of(HostPolicy.IN_ORDER);
            case "greedy" -> Optional.of(HostPolicy.QUIET_FIRST);
            default -> Optional.empty();
        };
    }

    /** @param number gives those of {@link #NUMBERS} @param suspending whether leases can be suspended at all */
    public static Optional<PricingPolicy> pricing(String name, ToDoubleFunction<String> number, boolean suspending) {
        return switch (name) {
            case "free" -> Optional.of(new Pricing.Free());
            case "constant" -> Optional.of(new Pricing.Constant(number.applyAsDouble("rate"), suspending));
            case "random" -> Optional.of(new Pricing.Random((long) number.applyAsDouble("seed"), number.applyAsDouble("min-rate"), number.applyAsDouble("max-rate"), suspending));
            case "maximum" -> Optional.of(new Pricing.Maximum());
            case "adaptive" -> Optional.of(new Pricing.Adaptive(number.applyAsDouble("rate"), suspending, Map.of()));
            default -> Optional.empty();
        };
    }
}
