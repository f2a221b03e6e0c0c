package org.reservoir.veem.review;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Placements.ServiceToAdmit;
import org.reservoir.interfaces.vmi.Placements.Tier;
import org.reservoir.interfaces.vmi.Placements.Verdict;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Level;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.admission.Admission;
import org.reservoir.placement.admission.Failures;
import org.reservoir.placement.admission.Load;
import org.reservoir.placement.admission.Service;
import org.reservoir.placement.search.Budget;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LicenceTable;
import org.reservoir.veem.placing.Placing;
import org.reservoir.veem.placing.Policies;
import org.reservoir.veem.placing.Wishes;

/** Answers whether a service would be taken in, beside what runs and what was promised to others; changes nothing. */
public final class Admitting {
    private static final long SEED = 1;
    /** Four times as many as show a promise that is always kept. */
    private static final double TRIALS_PER_CHANCE = 16;
    /** For what has no room at its most with all hosts up, and wants its most always. */
    private static final Budget HOPELESS = Budget.ofIterations(SEED, 25);
    private static final int FEWEST_TRIALS = 2_000;
    private static final int MOST_TRIALS = 100_000;
    /** For the verdict, of the second that an answer may take on a site of a thousand hosts; what would help has what is left of it, and a little at least. */
    private static final long VERDICT_NS = 850_000_000L;
    private static final long ANSWER_NS = 950_000_000L;
    private static final long HELP_NS = 120_000_000L;
    /** A larger site has so much more, if it was asked by itself. */
    private static final int HOSTS = 1_000;
    private static final double USUAL_DOWNTIME = 0.01;
    /** Begins the sentence that says why there is no room even then; it names no hosts. */
    private static final String ALL_UP = "With all hosts up, at its ";

    private final SiteDatabase database;
    private final Placing placing;
    private final Policies policies;

    public Admitting(SiteDatabase database, Placing placing, Policies policies) {
        this.database = database;
        this.placing = placing;
        this.policies = policies;
    }

    /** Whose replica a VEE is. */
    private record Part(String service, String tier) {}

    private record Seen(Snapshot snapshot, Policy rank, Map<Long, Part> parts) {}

    private Seen see(Handle sql, ServiceToAdmit asked) {
        asked.tiers().forEach(tier -> LicenceTable.check(sql, "Tier " + tier.name(), tier.licences()));
        var parts = new HashMap<Long, Part>();
        sql.createQuery("""
                        select id, service, (select substr(tag, :begin) from unnest(tags) tag where starts_with(tag, :tag) limit 1) as tier
                        from veem.vee where service is not null and host is not null and state <> 'TERMINATED'""")
                .bind("tag", VeeChanged.COMPONENT_TAG + "=").bind("begin", VeeChanged.COMPONENT_TAG.length() + 2)
                .map((row, _) -> Map.entry(row.getLong("id"), new Part(row.getString("service"), Optional.ofNullable(row.getString("tier")).orElse(""))))
                .forEach(entry -> parts.put(entry.getKey(), entry.getValue()));
        return new Seen(WhatIf.movable(placing.whole(sql, _ -> true).snapshot()), policies.ranks(sql, HostTable.all(sql)).site(), parts);
    }

    /** By itself. */
    Verdict admit(ServiceToAdmit asked) {
        var begin = System.nanoTime();
        var alone = new Case(database.read(sql -> see(sql, asked)), List.of(), List.of());
        return alone.judge(asked, deadline(begin, Math.max(VERDICT_NS, VERDICT_NS * alone.snapshot.hosts().size() / HOSTS)));
    }

    /** Beside others, and without the names of hosts. */
    Verdict admission(ServiceToAdmit asked, List<ServiceToAdmit> there, List<ServiceToAdmit> others) {
        var begin = System.nanoTime();
        var beside = new Case(database.read(sql -> see(sql, asked)), there, others);
        var verdict = beside.judge(asked, deadline(begin, VERDICT_NS));
        var help = verdict.admitted() ? List.<String>of() : new Advice(asked, beside.snapshot.hosts(), beside::judge).after(verdict, Math.max(begin + ANSWER_NS, System.nanoTime() + HELP_NS));
        var why = verdict.why().stream().filter(it -> it.equals(verdict.why().getFirst()) || it.startsWith(ALL_UP)).toList();
        return new Verdict(verdict.admitted(), verdict.honoured(), verdict.failover(), why, help);
    }

    /** However long it took to read the site, half of the time is left to judge. */
    private static long deadline(long begin, long time) {
        return Math.max(begin + time, System.nanoTime() + time / 2);
    }

    /** The site as it stands, with what was promised to whom. */
    private static final class Case {
        private final Seen seen;
        private final List<ServiceToAdmit> there;
        private final Set<Constraint> constraints;
        private final Map<Part, Amounts> running = new HashMap<>();
        /** Which parts share a host with which. */
        private final Map<Part, String> circles = new HashMap<>();
        private final Snapshot snapshot;

        Case(Seen seen, List<ServiceToAdmit> there, List<ServiceToAdmit> others) {
            this.seen = seen;
            this.there = there;
            constraints = new HashSet<>(seen.snapshot().constraints());
            var services = Stream.concat(there.stream(), others.stream()).toList();
            services.forEach(this::share);
            var vees = seen.snapshot().vees().stream().map(this::partOf).toList();
            services.forEach(service -> service.tiers().forEach(tier -> constrain(service.name(), tier)));
            snapshot = grown(seen.snapshot().with(vees, List.copyOf(constraints)), services);
        }

        /** Those of its tiers that share a host, unless they run on several: how they are is how they may stay. */
        private void share(ServiceToAdmit service) {
            circles.keySet().removeIf(part -> part.service().equals(service.name()));
            service.tiers().forEach(tier -> tier.together().ifPresent(circle -> circles.put(new Part(service.name(), tier.name()), circle)));
            var hosts = new HashMap<String, Set<Long>>();
            seen.snapshot().vees().forEach(view -> Optional.ofNullable(seen.parts().get(view.demand().id())).filter(part -> part.service().equals(service.name())).map(circles::get)
                    .ifPresent(circle -> hosts.computeIfAbsent(circle, _ -> new HashSet<>()).add(view.host())));
            hosts.forEach((circle, on) -> {
                if (on.size() > 1) {
                    circles.entrySet().removeIf(entry -> entry.getKey().service().equals(service.name()) && entry.getValue().equals(circle));
                }
            });
        }

        /** A replica that runs is known by its groups. */
        private VeeView partOf(VeeView view) {
            var part = seen.parts().get(view.demand().id());
            if (part == null) {
                return view;
            }
            running.merge(part, view.demand().amounts(), (one, other) -> one.at(0) > 0 ? one : other);
            var demand = view.demand();
            var groups = new HashSet<>(demand.groups());
            groups.addAll(groups(part));
            return new VeeView(new Demand(demand.id(), demand.amounts(), demand.requirements(), demand.rank(), groups), view.host());
        }

        /** What others may grow to takes room, as far as there is any; what they were promised and has none is missed in every trial. */
        private Snapshot grown(Snapshot before, List<ServiceToAdmit> services) {
            var more = new ArrayList<Demand>();
            for (var other : services) {
                for (var tier : other.tiers()) {
                    long now = seen.parts().values().stream().filter(new Part(other.name(), tier.name())::equals).count();
                    for (long i = now; i < tier.most(); i++) {
                        more.add(replica(other.name(), tier, Long.MIN_VALUE / 2 + more.size()));
                    }
                }
            }
            if (more.isEmpty()) {
                return before;
            }
            var all = new ArrayList<>(before.vees());
            Placer.open(before).place(more, seen.rank()).forEach(decision -> {
                if (decision instanceof Decision.Placed(var demand, var host)) {
                    all.add(new VeeView(demand, host));
                }
            });
            return before.with(all, before.constraints());
        }

        Verdict judge(ServiceToAdmit asked, long deadline) {
            if (asked.tiers().isEmpty()) {
                throw Refused.invalid("BAD_SERVICE", "Service %s has no tiers.".formatted(asked.name()), "Give one or more, each with what a replica asks for, its least and its most replicas.");
            }
            asked.tiers().forEach(Case::requireOneWish);
            share(asked);
            asked.tiers().forEach(tier -> constrain(asked.name(), tier));
            var admission = new Admission(snapshot.with(snapshot.vees(), List.copyOf(constraints)), there.stream().map(this::service).toList(), Failures.of(asked.downtime().orElse(USUAL_DOWNTIME)));
            var plainly = service(asked); // what makes no sense is refused before it is asked at its most alone
            long trials = Math.clamp((long) Math.ceil(TRIALS_PER_CHANCE / (1 - Math.min(asked.promised(), 1 - 1e-9))), FEWEST_TRIALS, MOST_TRIALS);
            var budget = Budget.ofIterations(SEED, trials).guarded(System::nanoTime, deadline);
            var atMost = admission.judge(service(within(asked, Integer.MAX_VALUE, true)), seen.rank(), budget);
            if (atMost.honoured().trials() > 0) {
                return told(atMost, Stream.empty());
            }
            var verdict = admission.judge(plainly, seen.rank(), asked.tiers().stream().allMatch(tier -> tier.load().isEmpty()) ? HOPELESS.guarded(System::nanoTime, deadline) : budget);
            return told(verdict, verdict.admitted() ? Stream.empty() : Stream.of(noRoom("least", verdict).or(() -> noRoom("most", atMost)).orElseThrow()));
        }

        private static Verdict told(org.reservoir.placement.admission.Verdict verdict, Stream<String> besides) {
            return new Verdict(verdict.admitted(), WhatIf.chance(verdict.honoured()), WhatIf.chance(verdict.failover().survived()), Stream.concat(verdict.why().stream(), besides).toList(), List.of());
        }

        private static Optional<String> noRoom(String count, org.reservoir.placement.admission.Verdict verdict) {
            return verdict.noRoom().map(why -> "%s%s: %s.".formatted(ALL_UP, count, why));
        }

        private static void requireOneWish(Tier tier) {
            if (tier.apart() && tier.together().isPresent() && tier.most() > 1) {
                throw Refused.invalid("BAD_TIER", "Tier %s: its replicas are to be apart, and together on one host.".formatted(tier.name()), "Leave out apart or together.");
            }
        }

        private void constrain(String service, Tier tier) {
            if (tier.apart()) {
                constraints.add(new Constraint.Spread(group(service, tier.name()), Level.HOST));
            }
            Optional.ofNullable(circles.get(new Part(service, tier.name()))).ifPresent(circle -> constraints.add(new Constraint.Gather(circle(service, circle), Level.HOST)));
        }

        private Set<String> groups(Part part) {
            var groups = new HashSet<>(Set.of(group(part.service()), group(part.service(), part.tier())));
            Optional.ofNullable(circles.get(part)).ifPresent(circle -> groups.add(circle(part.service(), circle)));
            return groups;
        }

        private Service service(ServiceToAdmit asked) {
            return new Service(group(asked.name()), IntStream.range(0, asked.tiers().size()).mapToObj(i -> {
                var tier = asked.tiers().get(i);
                var load = tier.load().isEmpty() ? Load.PEAK : new Load(tier.load().stream().mapToDouble(Double::doubleValue).toArray());
                return new Service.Tier(tier.name(), replica(asked.name(), tier, Long.MIN_VALUE + i), tier.least(), tier.most(), load);
            }).toList(), asked.promised());
        }

        /** As its replicas are that run, where one does. */
        private Demand replica(String service, Tier tier, long id) {
            var amounts = running.getOrDefault(new Part(service, tier.name()), amounts(tier));
            var groups = groups(new Part(service, tier.name()));
            tier.licences().forEach(licence -> groups.add(Wishes.licensed(licence)));
            return new Demand(id, amounts, Optional.empty(), Optional.empty(), groups);
        }
    }

    /** So many replicas more than its least at most. @param always whether those that want their most at any moment are to run at it always, which is the same and sooner told */
    static ServiceToAdmit within(ServiceToAdmit asked, int more, boolean always) {
        return new ServiceToAdmit(asked.name(), asked.tiers().stream().map(tier -> {
            int most = (int) Math.min(tier.most(), (long) tier.least() + more);
            return tier.within(always && tier.load().isEmpty() ? most : tier.least(), most);
        }).toList(), asked.promised(), asked.downtime());
    }

    static Amounts amounts(Tier tier) {
        return Amounts.of(tier.cpu().milli(), tier.memory().bytes(), tier.disk().bytes());
    }

    private static String group(String service) {
        return "service " + service;
    }

    private static String group(String service, String tier) {
        return "service %s, tier %s".formatted(service, tier);
    }

    private static String circle(String service, String circle) {
        return "service %s, on one host with %s".formatted(service, circle);
    }
}
