package org.reservoir.interfaces.vmi;

import java.util.Map;

import org.reservoir.kernel.Refused;

/**
 * Which leases a site takes, who makes room for whom, which hosts come first and what a lease costs: each a policy of Haizea by its name there, or one that a plug-in provides.
 *
 * @param admission  {@code accept-all} or {@code no-ARs}
 * @param preemption {@code ar-preempts-everything} (which {@code ar-preempts-be} equals), {@code no-preemption} or {@code deadline}
 * @param hosts      {@code greedy} (those with few leases first) or {@code no-policy} (in their order)
 * @param pricing    {@code free}, {@code constant}, {@code random}, {@code maximum} (what its user would just pay) or {@code adaptive} (learnt from who takes and who refuses)
 * @param numbers    that pricing reads: {@code rate} per VEE and hour, {@code min-rate}, {@code max-rate} and {@code seed} of random ones; 0 when left out
 */
public record LeasePolicy(String admission, String preemption, String hosts, String pricing, Map<String, Double> numbers) {
    /** Of a site that nobody has given one. */
    public static final LeasePolicy USUAL = new LeasePolicy("accept-all", "ar-preempts-everything", "greedy", "free", Map.of());

    public LeasePolicy {
        numbers = Map.copyOf(numbers);
        numbers.forEach((name, number) -> {
            if (!(number >= 0 && number <= 1e9)) {
                throw Refused.invalid("BAD_LEASE_POLICY", "The number %s cannot be %s.".formatted(name, number), "Give 0 to 1000000000.");
            }
        });
    }
}
