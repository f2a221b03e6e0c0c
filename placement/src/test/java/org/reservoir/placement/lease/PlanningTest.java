package org.reservoir.placement.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reservoir.kernel.testing.Seeded;

class PlanningTest {
    private static final LeaseSite SITE = LeaseSite.uniform(4, 100, 1024);
    private static final Quantity NODE = SITE.cpuAndMemory(100, 1024);

    private static Outcome run(LeaseSettings settings, LeasePolicies policies, LeaseRequest... requests) {
        return Simulation.run(new Workload(SITE, 0, List.of(requests)), settings, policies);
    }

    private static List<Quantity> nodes(int count) {
        return Collections.nCopies(count, NODE);
    }

    /** Whole hosts, no reservations: the second by second search for the first gap that is large enough is what planning must agree with. */
    @Test
    void asSoonAsMayBeIsWhatBruteForceFinds() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            int hosts = 1 + random.nextInt(4);
            var site = LeaseSite.uniform(hosts, 100, 1024);
            var leases = new ArrayList<LeaseRequest>();
            for (int id = 1; id <= 2 + random.nextInt(5); id++) {
                int wanted = 1 + random.nextInt(hosts);
                leases.add(LeaseRequest.reservation(id, 0, random.nextInt(30), 1 + random.nextInt(15), Collections.nCopies(wanted, NODE)));
            }
            var last = LeaseRequest.bestEffort(99, 0, 1 + random.nextInt(12), Collections.nCopies(1 + random.nextInt(hosts), NODE));
            leases.add(last);
            var settings = LeaseSettings.USUAL.suspending(LeaseSettings.Suspension.NONE, 32, 32, LeaseSettings.Exclusion.LOCAL).backfilling(LeaseSettings.UNLIMITED);
            var outcome = Simulation.run(new Workload(site, 0, leases), settings, LeasePolicies.USUAL);
            var result = outcome.results().getLast();
            assertThat(result.start()).hasValue(firstGap(outcome, last, hosts));
        });
    }

    private static long firstGap(Outcome outcome, LeaseRequest lease, int hosts) {
        for (long start = 0; start < 200; start++) {
            Set<Long> free = new TreeSet<>();
            for (long host = 1; host <= hosts; host++) {
                free.add(host);
            }
            for (var slot : outcome.slots()) {
                if (slot.lease() != lease.id() && slot.start() < start + lease.duration() && slot.until() > start) {
                    free.removeAll(slot.hosts());
                }
            }
            if (free.size() >= lease.nodes().size()) {
                return start;
            }
        }
        throw new IllegalStateException("there is always a gap");
    }

    @Test
    void aggressiveBackfillingLetsASmallLeaseOvertakeButNotDelayTheFirst() {
        var none = LeaseSettings.USUAL.suspending(LeaseSettings.Suspension.NONE, 32, 32, LeaseSettings.Exclusion.LOCAL);
        var requests = new LeaseRequest[] {LeaseRequest.bestEffort(1, 0, 100, nodes(3)), LeaseRequest.bestEffort(2, 0, 50, nodes(4)), LeaseRequest.bestEffort(3, 0, 100, nodes(1)),
            LeaseRequest.bestEffort(4, 0, 101, nodes(1))};
        assertThat(starts(run(none.backfilling(1), LeasePolicies.USUAL, requests))).containsExactly(0L, 100L, 0L, 150L);
        assertThat(starts(run(none.backfilling(0), LeasePolicies.USUAL, requests))).containsExactly(0L, 100L, 150L, 150L);
    }

    /**
     * On four hosts, without backfilling: 1 runs from its arrival on, 2 comes at 100 and finds no room; a reservation has 1 suspended from 500 to 600, which takes a second, as going on does;
     * 3 comes in that time. Only one of them fits at a time.
     */
    @ParameterizedTest
    @CsvSource({"BY_ARRIVAL, 601, 1102, 1502", "SUSPENDED_LAST, 1001, 600, 1502"})
    void whoIsSuspendedWaitsWhereTheSiteSays(LeaseSettings.Queueing order, long first, long second, long third) {
        var settings = LeaseSettings.USUAL.backfilling(0).suspending(LeaseSettings.Suspension.ALL, 1024, 1024, LeaseSettings.Exclusion.LOCAL)
                .migrating(LeaseSettings.Migration.WITHOUT_TRANSFER, 100).queueing(order);
        var outcome = run(settings, LeasePolicies.USUAL, LeaseRequest.bestEffort(1, 0, 1000, nodes(3)), LeaseRequest.reservation(9, 10, 500, 100, nodes(4)),
                LeaseRequest.bestEffort(2, 100, 400, nodes(3)), LeaseRequest.bestEffort(3, 550, 400, nodes(3)));
        var runs = outcome.slots().stream().filter(slot -> slot.kind() == SlotKind.RUN && slot.start() >= 600).collect(Collectors.toMap(Slot::lease, Slot::start));
        assertThat(runs).containsExactlyInAnyOrderEntriesOf(Map.of(1L, first, 2L, second, 3L, third));
    }

    private static List<Long> starts(Outcome outcome) {
        return outcome.results().stream().map(result -> result.start().orElse(-1)).toList();
    }

    /** Two nodes of 1024 MB at 32 MB/s: 32 s each, at once on their own disks, one after the other on a shared one. */
    @ParameterizedTest
    @EnumSource(LeaseSettings.Exclusion.class)
    void suspendingTakesAsLongAsTheDisksAllow(LeaseSettings.Exclusion exclusion) {
        var settings = LeaseSettings.USUAL.suspending(LeaseSettings.Suspension.ALL, 32, 64, exclusion).taking(0, 1);
        var outcome = run(settings, LeasePolicies.USUAL, LeaseRequest.bestEffort(1, 0, 2000, nodes(2)), LeaseRequest.reservation(2, 0, 1000, 100, nodes(4)));
        var suspended = outcome.slots().stream().filter(slot -> slot.kind() == SlotKind.SUSPEND).toList();
        assertThat(suspended.getFirst().start()).isEqualTo(exclusion == LeaseSettings.Exclusion.LOCAL ? 1000 - 32 - 2 : 1000 - 2 * 33);
        assertThat(suspended.getLast().until()).isEqualTo(1000);
        assertThat(ScheduleChecker.violations(outcome)).isEmpty();
    }

    @Test
    void aLeaseIsNotPreemptedWhenItSaysSo() {
        var stays = new LeaseRequest(1, 0, new LeaseRequest.Start.Whenever(), 2000, java.util.OptionalLong.empty(), false, nodes(4), java.util.OptionalLong.empty(), "", Map.of());
        var outcome = run(LeaseSettings.USUAL, LeasePolicies.USUAL, stays, LeaseRequest.reservation(2, 10, 1000, 100, nodes(1)));
        assertThat(outcome.results()).extracting(Outcome.Result::state).containsExactly(LeaseState.DONE, LeaseState.REJECTED);
    }

    @Test
    void whatTheSiteCannotHoldIsRefusedAtOnce() {
        var outcome = run(LeaseSettings.USUAL, LeasePolicies.USUAL, LeaseRequest.bestEffort(1, 0, 100, nodes(5)), LeaseRequest.bestEffort(2, 0, 100, nodes(4)));
        assertThat(outcome.results().getFirst()).matches(result -> result.state() == LeaseState.REJECTED && result.reason().contains("more than the site has"));
        assertThat(outcome.results().getLast().state()).isEqualTo(LeaseState.DONE);
    }

    @Test
    void aUserWhoWouldNotPayIsNotServed() {
        var hour = LeaseRequest.reservation(1, 0, 10, 3600, nodes(4));
        var dear = new Pricing.Constant(0.6, true);
        assertThat(run(LeaseSettings.USUAL, LeasePolicies.USUAL.with(dear), hour.with(Map.of(LeaseRequest.USER_RATE, "0.5"))).results().getFirst())
                .matches(result -> result.state() == LeaseState.REJECTED_BY_USER);
        var served = run(LeaseSettings.USUAL, LeasePolicies.USUAL.with(dear), hour.with(Map.of(LeaseRequest.USER_RATE, "0.7"))).results().getFirst();
        assertThat(served).matches(result -> result.state() == LeaseState.DONE);
        assertThat(served.price()).isEqualTo(2.4);
    }

    @Test
    void anAdaptivePriceLearnsWhatUsersPay() {
        PricingPolicy policy = new Pricing.Adaptive(1, true, Map.of());
        var lease = LeaseRequest.bestEffort(1, 0, 3600, nodes(1)).of("ann");
        policy = policy.after(new PricingPolicy.Verdict(lease, 1, true));
        assertThat(((Pricing.Adaptive) policy).rate()).isEqualTo(1.5);
        policy = policy.after(new PricingPolicy.Verdict(lease, 1.5, false));
        assertThat(((Pricing.Adaptive) policy).rate()).isEqualTo(1.25);
    }

    @Test
    void policiesOfAnAuthorsOwnAreAsked() {
        var policies = new LeasePolicies(lease -> lease.request().nodes().size() > 3 ? Optional.of("too greedy") : Optional.empty(), PreemptionPolicy.NONE,
                (host, _) -> host.id(), new Pricing.Free());
        var outcome = run(LeaseSettings.USUAL, policies, LeaseRequest.bestEffort(1, 0, 100, nodes(4)), LeaseRequest.bestEffort(2, 0, 100, nodes(1)));
        assertThat(outcome.results().getFirst().reason()).isEqualTo("too greedy");
        assertThat(outcome.slots().getFirst().hosts()).containsExactly(4L);
    }

    @Test
    void theLifeCycleHasNoWayOutOfAnEnd() {
        for (var state : LeaseState.values()) {
            boolean leaves = java.util.Arrays.stream(LeaseState.values()).anyMatch(state::mayBecome);
            assertThat(leaves).as(state.label()).isEqualTo(!state.isEnd());
        }
        assertThat(LeaseState.ACTIVE.mayBecome(LeaseState.SUSPENDING)).isTrue();
        assertThat(LeaseState.SUSPENDED_QUEUED.mayBecome(LeaseState.ACTIVE)).isFalse();
    }
}
