package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.LeasePolicy;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.LeaseWish.Start;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.Verb;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseRules;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.placing.Whole;

/** Leases of VEEs on simulated hosts, each of 64 CPUs, in virtual time: they start, make room, are saved and go on as planned, and what goes wrong is planned around. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VeeLeasesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    /** What {@link LeaseRules#USUAL} allows for it, after the duration. */
    private static final Duration SHUTTING_DOWN = Duration.ofSeconds(12);
    private final SteppedSite site = new SteppedSite(2);

    /** One host, or both. */
    private void site(int hosts) {
        site.clock.wholeSecond();
        var second = site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().getLast().id();
        if (hosts == 1) {
            site.veem.hosts().disable(SimulatedSite.ADMIN, second);
        } else {
            site.veem.hosts().enable(SimulatedSite.ADMIN, second);
        }
    }

    @AfterEach
    void giveEverythingUp() {
        policy(LeasePolicy.USUAL);
        site.points.weather(Faults.NONE);
        open().forEach(lease -> site.ask(() -> site.veem.leases().cancel(SimulatedSite.ADMIN, lease.id())));
        site.vees().forEach(vee -> site.act(vee.id(), new VeeAction.Terminate(true)));
        site.converge();
    }

    @AfterAll
    void close() {
        site.close();
    }

    private List<Lease> open() {
        return site.veem.leases().leases(SimulatedSite.ADMIN, false, Page.Request.ALL).items();
    }

    private static VeeSpec cpus(String name, int cpus) {
        return VeeSpec.of(name, cpus, DataSize.mebibytes(640)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1))));
    }

    private static LeaseWish wish(String name, Start start, Optional<Instant> at, Duration duration, VeeSpec... specs) {
        return new LeaseWish(name, start, at, duration, Optional.empty(), Optional.empty(), List.of(specs));
    }

    private LeaseId bestEffort(String name, Duration duration, VeeSpec... specs) {
        return request(wish(name, Start.WHENEVER, Optional.empty(), duration, specs));
    }

    private LeaseId reservation(String name, Duration from, Duration duration, VeeSpec... specs) {
        return request(wish(name, Start.AT, Optional.of(site.clock.instant().plus(from)), duration, specs));
    }

    private LeaseId request(LeaseWish wish) {
        var lease = site.veem.leases().request(SimulatedSite.ANNA, wish).id();
        site.work();
        return lease;
    }

    private Lease lease(LeaseId lease) {
        return site.veem.leases().lease(SimulatedSite.ANNA, lease);
    }

    private VeeState vee(LeaseId lease) {
        return lease(lease).vees().getFirst().state().orElseThrow();
    }

    private void pass(Duration time) {
        site.passTo(site.clock.instant().plus(time));
    }

    private void passTo(Duration sinceStart, Instant start) {
        pass(Duration.between(site.clock.instant(), start.plus(sinceStart)));
    }

    private static String refused(Runnable wish) {
        try {
            wish.run();
            return "";
        } catch (Refused refused) {
            return refused.code() + ": " + refused.getMessage() + " " + refused.advice();
        }
    }

    private void policy(LeasePolicy policy) {
        site.veem.leases().setPolicy(SimulatedSite.ADMIN, policy);
    }

    private static LeasePolicy priced(String pricing, Map<String, Double> numbers) {
        return new LeasePolicy("accept-all", "ar-preempts-everything", "greedy", pricing, numbers);
    }

    private LeaseId paying(String name, double most) {
        var wish = wish(name, Start.NOW, Optional.empty(), HOUR, cpus(name, 1), cpus(name + "-2", 1));
        return request(new LeaseWish(name, wish.start(), wish.at(), wish.duration(), wish.deadline(), wish.preemptible(), Optional.of(most), wish.vees()));
    }

    @Test
    void aPolicyThatIsSetIsInForceAtTheNextDecisionAndAtAnotherServer() {
        site(2);
        policy(new LeasePolicy("no-ARs", "no-preemption", "no-policy", "free", Map.of()));
        assertThat(refused(() -> reservation("no", HOUR, HOUR, cpus("a", 1)))).startsWith("LEASE_NO_ROOM").contains("no advance reservations are taken");
        var other = site.another();
        try {
            assertThat(other.leases().policy(SimulatedSite.ADMIN).admission()).isEqualTo("no-ARs");
            other.leases().setPolicy(SimulatedSite.ADMIN, new LeasePolicy("accept-all", "no-preemption", "greedy", "free", Map.of()));
        } finally {
            other.close();
        }
        bestEffort("long", HOUR.multipliedBy(3), cpus("b", 64), cpus("c", 64));
        assertThat(refused(() -> reservation("first", HOUR, HOUR, cpus("a", 1)))).startsWith("LEASE_NO_ROOM");
        policy(LeasePolicy.USUAL);
        assertThat(lease(reservation("first", HOUR, HOUR, cpus("a", 1))).state()).isEqualTo(Lease.State.READY);
    }

    @Test
    void aLeaseHasAPriceAndWhoWouldPayLessIsToldIt() {
        site(2);
        policy(priced("constant", Map.of("rate", 0.5)));
        assertThat(lease(paying("fair", 0.5)).price()).contains(1.0);
        assertThat(refused(() -> paying("mean", 0.4))).startsWith("LEASE_TOO_DEAR").contains("mean cannot be had for 0.4").contains("would not pay 1.0");
        assertThat(lease(bestEffort("any", HOUR, cpus("b", 1))).price()).as("at any price, when nothing is said").contains(0.5);
        assertThat(open()).hasSize(2);
    }

    @Test
    void whatAdaptivePricingLearntIsKeptOverARestart() {
        site(2);
        policy(priced("adaptive", Map.of("rate", 1.0)));
        paying("rich", 5);
        site.restart();
        assertThat(lease(paying("again", 5)).price()).as("one who took 1.0 is asked half as much again").contains(3.0);
        policy(priced("adaptive", Map.of("rate", 1.0)));
        assertThat(lease(paying("anew", 5)).price()).as("a policy that is set anew knows nothing").contains(2.0);
    }

    @Test
    void aPolicyThatIsNotThereOrHasANumberThatCannotBeIsRefusedByItsName() {
        assertThat(refused(() -> policy(new LeasePolicy("first-come", "deadline", "greedy", "free", Map.of())))).startsWith("LEASE_POLICY_UNKNOWN").contains("first-come").contains("no-ARs");
        assertThat(refused(() -> policy(new LeasePolicy("no-ARs", "deadlin", "greedy", "free", Map.of())))).contains("deadlin for the preemption");
        assertThat(refused(() -> policy(new LeasePolicy("no-ARs", "deadline", "best", "free", Map.of())))).contains("best for the hosts");
        assertThat(refused(() -> policy(priced("dear", Map.of())))).contains("dear for the pricing").contains("adaptive");
        assertThat(refused(() -> policy(priced("constant", Map.of("rat", 1.0))))).startsWith("BAD_LEASE_POLICY").contains("rat").contains("min-rate");
        assertThat(refused(() -> policy(priced("constant", Map.of("rate", Double.NaN))))).startsWith("BAD_LEASE_POLICY").contains("rate cannot be NaN");
        assertThat(refused(() -> policy(priced("random", Map.of("min-rate", 2.0, "max-rate", 1.0))))).contains("max-rate minus min-rate");
        assertThat(refused(() -> site.veem.leases().setPolicy(SimulatedSite.ANNA, LeasePolicy.USUAL))).startsWith("ADMINISTRATORS_ONLY");
        assertThat(site.veem.leases().policy(SimulatedSite.ADMIN)).isEqualTo(LeasePolicy.USUAL);
    }

    @Test
    void aReservationStartsOnTimeAndEnds() {
        site(2);
        var lease = reservation("course", Duration.ofMinutes(10), Duration.ofMinutes(5), cpus("a", 64), cpus("b", 64));
        assertThat(vee(lease)).isEqualTo(VeeState.HELD);
        pass(Duration.ofSeconds(599));
        assertThat(vee(lease)).isEqualTo(VeeState.HELD);
        pass(Duration.ofSeconds(1));
        assertThat(lease(lease).state()).isEqualTo(Lease.State.ACTIVE);
        assertThat(lease(lease).vees()).allSatisfy(vee -> assertThat(vee.state()).contains(VeeState.RUNNING));
        assertThat(lease(lease).vees().stream().map(vee -> vee.host().orElseThrow()).distinct()).hasSize(2);
        pass(Duration.ofSeconds(299));
        assertThat(vee(lease)).isEqualTo(VeeState.RUNNING);
        pass(Duration.ofMinutes(1));
        assertThat(lease(lease).state()).isEqualTo(Lease.State.DONE);
        assertThat(lease(lease).vees()).allSatisfy(vee -> assertThat(vee.state()).contains(VeeState.TERMINATED));
        site.converge();
    }

    @Test
    void bestEffortIsSuspendedForAReservationAndResumedAfterIt() {
        site(1);
        var begin = site.clock.instant();
        var patient = bestEffort("patient", HOUR, cpus("p", 64));
        assertThat(vee(patient)).isEqualTo(VeeState.RUNNING);
        var id = lease(patient).vees().getFirst().vee().orElseThrow();
        site.write(id);
        var exact = reservation("exact", Duration.ofMinutes(20), Duration.ofMinutes(10), cpus("x", 64));
        assertThat(lease(patient).runs().getFirst().suspends()).isTrue();
        passTo(Duration.ofMinutes(20), begin);
        assertThat(vee(patient)).isEqualTo(VeeState.STOPPED);
        assertThat(vee(exact)).isEqualTo(VeeState.RUNNING);
        passTo(Duration.ofMinutes(31), begin);
        assertThat(lease(exact).state()).isEqualTo(Lease.State.DONE);
        assertThat(vee(patient)).isEqualTo(VeeState.RUNNING);
        assertThat(lease(patient).vees().getFirst().vee()).contains(id);
        site.converge();
        passTo(Duration.ofMinutes(72), begin);
        assertThat(lease(patient).state()).isEqualTo(Lease.State.DONE);
        assertThat(history(patient)).containsExactly("STARTED ", "MAKES_ROOM for %s: it is to be suspended".formatted(exact), "SUSPENDED ", "RESUMED ");
        assertThat(history(exact)).containsExactly("STARTED ");
        site.converge();
    }

    private List<String> history(LeaseId lease) {
        return lease(lease).history().stream().map(it -> it.what() + " " + it.detail()).toList();
    }

    @Test
    void bestEffortWaitsInAQueueAndAShortOneOvertakesALongOne() {
        site(1);
        var first = bestEffort("first", HOUR, cpus("a", 32));
        var second = bestEffort("second", HOUR, cpus("b", 64));
        var shortOne = bestEffort("short", Duration.ofMinutes(10), cpus("c", 32));
        assertThat(vee(first)).isEqualTo(VeeState.RUNNING);
        assertThat(vee(second)).isEqualTo(VeeState.HELD);
        assertThat(vee(shortOne)).as("backfilled").isEqualTo(VeeState.RUNNING);
        pass(Duration.ofMinutes(61));
        assertThat(lease(first).state()).isEqualTo(Lease.State.DONE);
        assertThat(vee(second)).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void anImmediateLeaseIsRefusedWithWhatItCouldHaveInstead() {
        site(2);
        var begin = site.clock.instant();
        request(wish("busy", Start.NOW, Optional.empty(), HOUR, cpus("a", 64)));
        assertThat(refused(() -> request(wish("now", Start.NOW, Optional.empty(), HOUR, cpus("b", 64), cpus("c", 64)))))
                .startsWith("LEASE_NO_ROOM").contains("could run from " + begin.plus(HOUR).plus(SHUTTING_DOWN)).contains("1 of its 2 VEEs could run");
        assertThat(open()).as("nothing is kept").hasSize(1);
        assertThat(site.vees()).hasSize(1);
    }

    @Test
    void aReservationIsPlannedElsewhereWhenItsHostIsLostBefore() {
        site(2);
        var lease = reservation("later", HOUR, HOUR, cpus("a", 64));
        var planned = lease(lease).runs().getFirst().hosts().getFirst();
        cutOff(planned);
        assertThat(lease(lease).runs().getFirst().hosts().getFirst()).isNotEqualTo(planned);
        site.clock.advance(Duration.ofMinutes(54));
        pass(Duration.ofMinutes(1));
        assertThat(vee(lease)).isEqualTo(VeeState.RUNNING);
    }

    private void cutOff(HostId host) {
        site.world.machine(site.database().read(sql -> HostTable.find(sql, host)).orElseThrow().name()).cutOff();
        site.clock.advance(Duration.ofMinutes(5));
        site.veem.keeper.visitAll();
        site.work();
    }

    @Test
    void aLeaseWhoseHostIsLostWhileItRunsBeginsAnewElsewhere() {
        site(2);
        var lease = bestEffort("mine", HOUR, cpus("a", 64), cpus("b", 1));
        var before = lease(lease).vees();
        cutOff(before.getFirst().host().orElseThrow());
        var after = lease(lease).vees();
        assertThat(after).as("no room for both on the other host").allSatisfy(vee -> assertThat(vee.state()).isNotEqualTo(Optional.of(VeeState.RUNNING)));
        var small = bestEffort("small", HOUR, cpus("c", 8));
        var first = lease(small).vees().getFirst();
        var other = first.host().orElseThrow();
        assertThat(other).isNotEqualTo(before.getFirst().host().orElseThrow());
        site.converge();
        assertThat(lease(lease).vees()).as("the host is back").allSatisfy(vee -> assertThat(vee.state()).contains(VeeState.RUNNING));
        assertThat(lease(lease).vees()).extracting(Lease.Node::vee).doesNotContainAnyElementsOf(before.stream().map(Lease.Node::vee).toList());
        assertThat(site.vee(lease(lease).vees().getFirst().vee().orElseThrow()).name()).isEqualTo("a");
        assertThat(history(lease)).containsExactly("STARTED ", "HOST_LOST " + before.getFirst().host().orElseThrow(), "BEGINS_ANEW ", "STARTED ");
        assertThat(lease(lease).history()).extracting(Lease.Happened::at).isSorted();
    }

    @Test
    void aVeeThatFailsFailsItsLeaseAndSaysWhy() {
        site(1);
        site.points.weather(call -> call.verb() == Verb.START ? Fault.NO_ROOM : Fault.NONE);
        var lease = bestEffort("mine", HOUR, cpus("a", 1));
        pass(Duration.ofMinutes(5));
        assertThat(lease(lease).state()).isEqualTo(Lease.State.FAIL);
        assertThat(lease(lease).reason().orElseThrow()).contains("deploy failed");
        site.points.weather(Faults.NONE);
        site.converge();
        assertThat(site.vees()).isEmpty();
    }

    @Test
    void aLeaseWithADeadlineRunsAroundAReservation() {
        site(1);
        var begin = site.clock.instant();
        reservation("exact", Duration.ofMinutes(30), HOUR, cpus("x", 64));
        var lease = request(new LeaseWish("by-noon", Start.AT, Optional.of(begin), HOUR, Optional.of(begin.plus(Duration.ofHours(4))), Optional.empty(), List.of(cpus("d", 64))));
        pass(Duration.ofHours(4));
        assertThat(lease(lease).state()).isEqualTo(Lease.State.DONE);
        assertThat(lease(lease).ran()).isEqualTo(HOUR);
        assertThat(lease(lease).ended().orElseThrow()).isBefore(begin.plus(Duration.ofHours(4)));
    }

    @Test
    void firstPlacementKeepsOffRoomThatIsReserved() {
        site(2);
        reservation("tomorrow", Duration.ofDays(1), HOUR, cpus("a", 64));
        assertThat(site.running(cpus("fits", 64)).state()).isEqualTo(VeeState.RUNNING);
        var late = site.running(cpus("late", 1));
        assertThat(late.state()).isEqualTo(VeeState.PENDING);
        var reserved = open().getFirst();
        assertThat(refused(() -> site.veem.vees().act(SimulatedSite.ADMIN, late.id(), new VeeAction.Deploy(reserved.runs().getFirst().hosts().getFirst())))).startsWith("NO_ROOM");
        site.veem.leases().cancel(SimulatedSite.ANNA, reserved.id());
        site.work();
        assertThat(site.vee(late.id()).state()).isEqualTo(VeeState.RUNNING);
        site.converge();
    }

    @Test
    void leasesKeepOffRoomThatOtherVeesHave() {
        site(1);
        var other = site.running(cpus("other", 40));
        assertThat(refused(() -> reservation("big", HOUR, HOUR, cpus("a", 32)))).startsWith("LEASE_NO_ROOM");
        var waiting = bestEffort("waiting", HOUR, cpus("b", 24));
        assertThat(vee(waiting)).isEqualTo(VeeState.RUNNING);
        var next = bestEffort("next", HOUR, cpus("c", 20));
        assertThat(vee(next)).isEqualTo(VeeState.HELD);
        site.after(other.id(), new VeeAction.Terminate(true));
        assertThat(vee(next)).as("it takes the room that became free").isEqualTo(VeeState.RUNNING);
    }

    @Test
    void aLeaseWhoseVeesAreTerminatedEndsEarlyAndLetsTheNextIn() {
        site(1);
        var first = bestEffort("first", HOUR, cpus("a", 64));
        var second = bestEffort("second", HOUR, cpus("b", 64));
        site.veem.vees().act(SimulatedSite.ANNA, lease(first).vees().getFirst().vee().orElseThrow(), new VeeAction.Terminate(true));
        pass(Duration.ofSeconds(2));
        assertThat(lease(first).state()).isEqualTo(Lease.State.DONE);
        assertThat(vee(second)).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void reviewsOfThePlacementLeaveLeasedVeesWhereTheyAreAndKeepOffWhatLeasesWillNeed() {
        site(2);
        bestEffort("mine", HOUR, cpus("a", 8));
        reservation("later", Duration.ofHours(3), HOUR, cpus("b", 64), cpus("c", 64));
        var other = site.vees().getFirst();
        var seen = site.database().read(sql -> Whole.of(HostTable.all(sql), HostTable.all(sql), VeeTable.query(sql, "host is not null"), new Whole.Leases(LeaseTable.held(sql), LeaseTable.leased(sql)), List.of())).snapshot().vees();
        assertThat(seen).as("the one that runs, and what will be needed on each host").hasSize(3);
        assertThat(seen).allSatisfy(vee -> assertThat(vee.demand().groups()).contains("stays"));
        assertThat(seen.stream().mapToLong(vee -> vee.demand().amounts().at(0)).sum()).as("milli-CPUs, the running one's counted once").isEqualTo(128_000);
        assertThat(other.state()).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void usersCannotDisturbThePlanOfALeasesVees() {
        site(1);
        var lease = bestEffort("mine", HOUR, cpus("a", 1));
        VeeId vee = lease(lease).vees().getFirst().vee().orElseThrow();
        for (var action : List.of(new VeeAction.Stop(), new VeeAction.Undeploy(true), new VeeAction.Reschedule(true))) {
            assertThat(refused(() -> site.veem.vees().act(SimulatedSite.ANNA, vee, action))).startsWith("VEE_IS_LEASED");
        }
        assertThat(site.after(vee, new VeeAction.Suspend()).state()).isEqualTo(VeeState.SUSPENDED);
        assertThatThrownBy(() -> site.veem.leases().lease(SimulatedSite.BERT, lease)).isInstanceOf(Refused.class).hasMessageContaining("There is no lease-");
    }

    @Test
    void theCalendarTellsWhatIsFreeFromWhenOn() {
        site(1);
        var now = site.clock.instant();
        reservation("later", HOUR, HOUR, cpus("a", 16));
        var stretches = site.veem.leases().calendar(SimulatedSite.ANNA).getFirst().stretches();
        assertThat(stretches).extracting(stretch -> "%s %s".formatted(Duration.between(now, stretch.from()), stretch.free().cpu())).containsExactly("PT0S 64", "PT1H 48", "PT2H12S 64");
    }
}
