package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;

/**
 * How a site places its VEEs: the policies, reviews of the placement as it stands, and what would become of it when hosts fail or a service
 * comes. For infrastructure administrators alone: to anybody else all is {@code ADMINISTRATORS_ONLY}.
 */
public interface Placements {
    /** Topic of the events that tell what becomes of plans; their body is a {@link PlacementPlan}. */
    String TOPIC = "placement";

    /** The site's first, whether it was set or not, then those of clusters. */
    List<PlacementPolicy> policies(Caller caller);

    /** In force from the next decision on; a plan under way for the old one is abandoned. @throws org.reservoir.kernel.Refused {@code GOAL_UNKNOWN} */
    PlacementPolicy set(Caller caller, PlacementPolicy policy);

    /** @param cluster empty for the site's @throws org.reservoir.kernel.Refused {@code POLICY_NOT_SET} */
    void unset(Caller caller, Optional<String> cluster);

    /**
     * What a review would do now, for each policy; nothing is changed.
     *
     * @param cluster that cluster's alone
     * @throws org.reservoir.kernel.Refused {@code POLICY_NOT_SET} when there is nothing to review by
     */
    List<PlacementPlan> review(Caller caller, Optional<String> cluster);

    /** Reviews now and begins what it comes to. @throws org.reservoir.kernel.Refused {@code PLAN_UNDER_WAY}, {@code POLICY_NOT_SET} */
    List<PlacementPlan> run(Caller caller, Optional<String> cluster);

    /** The plans under way and the last that were, newest first. */
    List<PlacementPlan> plans(Caller caller);

    Survival survival(Caller caller, Loss loss);

    /** Whether a service would be admitted; nothing is changed. @throws org.reservoir.kernel.Refused {@code LICENCE_NOT_FOUND} */
    Verdict admit(Caller caller, ServiceToAdmit service);

    /**
     * Whether a service would be taken in beside those that were promised something; the Service Manager asks it for the site, and shows its numbers to
     * whoever wanted the service, so {@code help} names no hosts. Answers within a second or says what it knows by then; changes nothing.
     *
     * @param there  services taken in before, named by their ids, which their VEEs carry; each may want its most at any moment
     * @param others services that were promised nothing: what they may still grow to is counted as if it ran
     */
    Verdict admission(ServiceToAdmit service, List<ServiceToAdmit> there, List<ServiceToAdmit> others);

    /**
     * @param hosts ids or names that are lost, or under maintenance, at the same time; empty for each host by itself
     * @param any   so many hosts at once, drawn by lot; only without {@code hosts}
     */
    record Loss(List<String> hosts, Optional<Integer> any) {
        public Loss {
            hosts = List.copyOf(hosts);
        }
    }

    /** How often something holds. @param low and {@code high}: its chance lies between them, with 95 % @param exact whether all cases were looked at */
    record Chance(double rate, double low, double high, int trials, boolean exact) {}

    /** @param survived how often every VEE had a place elsewhere @param losses those in which some had none, the worst first */
    record Survival(Chance survived, List<Stranded> losses) {
        public Survival {
            losses = List.copyOf(losses);
        }
    }

    /** @param hosts that are lost, by name @param vees names of VEEs for which there is no place then */
    record Stranded(List<String> hosts, List<String> vees) {
        public Stranded {
            hosts = List.copyOf(hosts);
            vees = List.copyOf(vees);
        }
    }

    /**
     * @param name     of the service
     * @param promised share of time for which it shall have all that it wants, such as 0.999
     * @param downtime chance that a host is down at any moment; 0.01 when left out
     */
    record ServiceToAdmit(String name, List<Tier> tiers, Double promised, Optional<Double> downtime) {
        public ServiceToAdmit {
            tiers = List.copyOf(tiers);
        }
    }

    /**
     * @param least replicas that always run
     * @param most  replicas that may run
     * @param load  how often it wants how many: weights of equal steps from least to most; always at its most when left out
     * @param apart whether no two of its replicas may be on one host
     * @param together all replicas of the service's tiers that name the same here share a host
     * @param licences of each of which every replica needs a seat
     */
    record Tier(String name, Cpus cpu, DataSize memory, DataSize disk, int least, Integer most, List<Double> load, boolean apart, Optional<String> together, List<String> licences) {
        public Tier {
            load = List.copyOf(load);
            licences = List.copyOf(licences);
        }

        public Tier(String name, Cpus cpu, DataSize memory, DataSize disk, int least, Integer most, List<Double> load, boolean apart, Optional<String> together) {
            this(name, cpu, memory, disk, least, most, load, apart, together, List.of());
        }

        /** With other bounds. */
        public Tier within(int fewest, int greatest) {
            return new Tier(name, cpu, memory, disk, fewest, greatest, load, apart, together, licences);
        }

        /** Without licences. */
        public Tier unlicensed() {
            return new Tier(name, cpu, memory, disk, least, most, load, apart, together);
        }

        /** Wherever there is room for each replica. */
        public Tier loose() {
            return new Tier(name, cpu, memory, disk, least, most, load, apart, Optional.empty(), licences);
        }
    }

    /** @param honoured how often it has all that it wants @param failover how often the loss of one host is survived with it @param why sentences, the decision first @param help what would make it admitted */
    record Verdict(boolean admitted, Chance honoured, Chance failover, List<String> why, List<String> help) {
        public Verdict {
            why = List.copyOf(why);
            help = List.copyOf(help);
        }
    }
}
