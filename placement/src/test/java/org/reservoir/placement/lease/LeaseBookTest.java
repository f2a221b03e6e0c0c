package org.reservoir.placement.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;

class LeaseBookTest {
    private static final LeaseSite SITE = LeaseSite.uniform(3, 100, 1024);
    private static final Quantity NODE = SITE.cpuAndMemory(100, 1024);

    private static LeaseBook book() {
        return LeaseBook.empty(SITE, LeaseSettings.USUAL, LeasePolicies.USUAL, 0);
    }

    private static List<Quantity> nodes(int count) {
        return java.util.Collections.nCopies(count, NODE);
    }

    private static LeaseEvent asked(LeaseRequest... requests) {
        return new LeaseEvent.Requested(List.of(requests));
    }

    /** Steps to that time through every moment at which something is due. */
    private static LeaseBook.Next until(LeaseBook book, long time, List<LeaseAction> actions) {
        var next = book.step(new LeaseEvent.Tick(), book.now());
        while (next.book().due().orElse(Long.MAX_VALUE) <= time) {
            next = next.book().step(new LeaseEvent.Tick(), next.book().due().getAsLong());
            actions.addAll(next.actions());
        }
        return next.book().step(new LeaseEvent.Tick(), time);
    }

    @Test
    void theBookStepsAsTheSimulationRuns() {
        Seeded.forAll(60, seed -> {
            var random = RandomWorkload.of(seed);
            var log = new ArrayList<LogEntry>();
            var byTime = new TreeMap<>(random.workload().requests().stream().collect(Collectors.groupingBy(LeaseRequest::arrival)));
            var book = LeaseBook.empty(random.workload().site(), random.settings(), random.policies(), 0);
            while (true) {
                long arrival = byTime.isEmpty() ? Long.MAX_VALUE : byTime.firstKey();
                long due = Math.min(book.due().orElse(Long.MAX_VALUE), arrival);
                if (due == Long.MAX_VALUE) {
                    break;
                }
                var next = book.step(due == arrival ? new LeaseEvent.Requested(byTime.remove(arrival)) : new LeaseEvent.Tick(), due);
                log.addAll(next.log());
                book = next.book();
            }
            assertThat(log.stream().map(LogEntry::toString).toList()).containsExactlyElementsOf(random.run().log().stream().map(LogEntry::toString).toList());
            assertThat(book.leases()).isEmpty();
        });
    }

    @Test
    void aBestEffortVeeIsSuspendedForAReservationAndResumedAfterIt() {
        var actions = new ArrayList<LeaseAction>();
        var next = book().step(asked(LeaseRequest.bestEffort(1, 0, 1000, nodes(3))), 0);
        assertThat(next.actions()).hasSize(3).allMatch(LeaseAction.Start.class::isInstance);
        next = next.book().step(asked(LeaseRequest.reservation(2, 10, 500, 100, nodes(1))), 10);
        assertThat(next.actions()).isEmpty();
        assertThat(next.book().lease(2).orElseThrow().state()).isEqualTo(LeaseState.READY);
        until(next.book(), 2000, actions);
        var first = new LeaseAction.Vee(1, 1);
        assertThat(actions.stream().filter(action -> action.vee().equals(first))).containsExactly(new LeaseAction.Suspend(first, 1, 468), new LeaseAction.Resume(first, 1, 746),
                new LeaseAction.ShutDown(first, 1, 1310));
        assertThat(actions).contains(new LeaseAction.Start(new LeaseAction.Vee(2, 1), 1, 500), new LeaseAction.ShutDown(new LeaseAction.Vee(2, 1), 1, 600));
    }

    @Test
    void theCalendarSaysUntilWhenAHostIsFree() {
        var book = book().step(asked(LeaseRequest.reservation(1, 0, 500, 100, nodes(2)), LeaseRequest.immediate(2, 0, 50, nodes(1))), 0).book();
        var calendar = book.calendar();
        var taken = book.lease(2).orElseThrow().runs().getFirst().run().slot().hosts().getFirst();
        assertThat(calendar.freeUntil(taken, 0, NODE)).hasValue(0);
        assertThat(calendar.freeUntil(taken, 50, NODE).orElse(-1)).isIn(-1L, 500L);
        var reserved = book.lease(1).orElseThrow().runs().getFirst().run().slot().hosts();
        assertThat(reserved).allMatch(host -> calendar.freeUntil(host, 100, NODE).getAsLong() == 500 && calendar.freeUntil(host, 600, NODE).isEmpty());
        assertThat(calendar.free(reserved.getFirst(), 550)).isEqualTo(SITE.cpuAndMemory(0, 0));
        assertThat(calendar.free(reserved.getFirst(), 600)).isEqualTo(NODE);
        assertThatThrownBy(() -> calendar.free(9, 0)).hasMessageContaining("no host 9");
    }

    @Test
    void aReservationMovesFromALostHostAndKeepsItsStart() {
        var book = book().step(asked(LeaseRequest.reservation(1, 0, 500, 100, nodes(2))), 0).book();
        var before = book.lease(1).orElseThrow().runs().getFirst().run().slot();
        var next = book.step(new LeaseEvent.HostLost(before.hosts().getFirst()), 20);
        var after = next.book().lease(1).orElseThrow().runs().getFirst().run().slot();
        assertThat(after.start()).isEqualTo(500);
        assertThat(after.hosts()).doesNotContain(before.hosts().getFirst()).hasSize(2);
        var lost = next.book().step(new LeaseEvent.HostLost(after.hosts().getFirst()), 30);
        assertThat(lost.ended()).singleElement().satisfies(ended -> {
            assertThat(ended.result().state()).isEqualTo(LeaseState.FAIL);
            assertThat(ended.instead().orElseThrow().nodes()).isEqualTo(1);
            assertThat(ended.instead().orElseThrow().start()).isEmpty();
        });
    }

    @Test
    void aRunningReservationGoesOnElsewhereForWhatIsLeftOfItsTime() {
        var book = book().step(asked(LeaseRequest.reservation(1, 0, 0, 100, nodes(1))), 0).book();
        var next = book.step(new LeaseEvent.HostLost(1), 40);
        assertThat(next.actions()).containsExactly(new LeaseAction.Stop(new LeaseAction.Vee(1, 1), 1, 40), new LeaseAction.Start(new LeaseAction.Vee(1, 1), 2, 40));
        assertThat(next.book().due()).hasValue(100);
    }

    @Test
    void aLeaseWhoseImagesAreLostBeginsAnew() {
        var actions = new ArrayList<LeaseAction>();
        var book = book().step(asked(LeaseRequest.bestEffort(1, 0, 1000, nodes(3))), 0).book();
        book = book.step(asked(LeaseRequest.reservation(2, 10, 500, 5000, nodes(3))), 10).book();
        book = until(book, 600, actions).book();
        assertThat(book.lease(1).orElseThrow().images()).hasSize(3);
        var next = book.step(new LeaseEvent.HostLost(3), 700);
        assertThat(next.ended()).singleElement().matches(ended -> ended.result().request().id() == 2 && ended.result().state() == LeaseState.FAIL);
        assertThat(next.actions()).contains(new LeaseAction.Discard(new LeaseAction.Vee(1, 1), 1, 700));
        assertThat(next.book().lease(1).orElseThrow()).matches(lease -> lease.ran() == 0 && lease.images().isEmpty() && lease.state() == LeaseState.QUEUED);
        var back = next.book().step(new LeaseEvent.HostBack(3), 800);
        assertThat(back.actions().stream().filter(LeaseAction.Start.class::isInstance)).hasSize(3);
    }

    @Test
    void whatIsCancelledStopsAndMakesRoom() {
        var book = book().step(asked(LeaseRequest.immediate(1, 0, 1000, nodes(3)), LeaseRequest.bestEffort(2, 0, 100, nodes(2))), 0).book();
        var next = book.step(new LeaseEvent.Cancelled(1), 100);
        assertThat(next.ended()).singleElement().matches(ended -> ended.result().state() == LeaseState.CANCELLED);
        assertThat(next.actions().stream().map(action -> action.getClass().getSimpleName()).toList()).containsExactly("Stop", "Stop", "Stop", "Start", "Start");
        var early = next.book().step(new LeaseEvent.EndedEarly(2), 150);
        assertThat(early.ended()).singleElement().matches(ended -> ended.result().state() == LeaseState.DONE);
        assertThat(early.book().due()).isEmpty();
    }

    @Test
    void otherPoliciesAreInForceFromTheNextStepOn() {
        var request = LeaseRequest.reservation(1, 0, 500, 100, nodes(1));
        var closed = new LeasePolicies(AdmissionPolicy.NO_RESERVATIONS, PreemptionPolicy.NONE, HostPolicy.IN_ORDER, new Pricing.Free());
        assertThat(book().under(closed).step(asked(request), 0).ended()).singleElement().matches(ended -> ended.result().reason().contains("no advance reservations"));
        assertThat(book().under(closed).under(LeasePolicies.USUAL).step(asked(request), 0).ended()).isEmpty();
    }

    /** 1 runs until a reservation has it suspended, 2 came before that and waits. */
    @Test
    void aQueueThatWasKeptIsBroughtIntoTheOrderOfOtherSettings() {
        var book = LeaseBook.empty(SITE, LeaseSettings.USUAL.backfilling(0), LeasePolicies.USUAL, 0).step(asked(LeaseRequest.bestEffort(1, 0, 1000, nodes(3))), 0).book();
        book = book.step(asked(LeaseRequest.reservation(9, 10, 500, 5000, nodes(3)), LeaseRequest.bestEffort(2, 10, 1000, nodes(3))), 10).book();
        book = until(book, 600, new ArrayList<>()).book();
        assertThat(book.queue()).containsExactly(1L, 2L);
        var last = under(book, LeaseSettings.Queueing.SUSPENDED_LAST).step(new LeaseEvent.Tick(), 700).book();
        assertThat(last.queue()).containsExactly(2L, 1L);
        assertThat(under(last, LeaseSettings.Queueing.BY_ARRIVAL).step(new LeaseEvent.Tick(), 800).book().queue()).containsExactly(1L, 2L);
    }

    private static LeaseBook under(LeaseBook book, LeaseSettings.Queueing order) {
        return new LeaseBook(book.site(), book.settings().queueing(order), book.policies(), book.lost(), book.now(), book.leases(), book.queue(), book.waiting());
    }

    @Test
    void aRefusedLeaseIsToldWhatItCouldHave() {
        var book = book().step(asked(LeaseRequest.immediate(1, 0, 1000, nodes(2))), 0).book();
        var ended = book.step(asked(LeaseRequest.reservation(2, 0, 100, 50, nodes(3))), 0).ended().getFirst();
        assertThat(ended.result().state()).isEqualTo(LeaseState.REJECTED);
        assertThat(ended.instead()).hasValueSatisfying(instead -> {
            assertThat(instead.start()).hasValue(1000);
            assertThat(instead.nodes()).isEqualTo(1);
        });
    }

    @Test
    void whatCannotBeIsRefusedAndNothingHappens() {
        var book = book().step(asked(LeaseRequest.reservation(1, 0, 500, 100, nodes(2))), 10).book();
        assertThatThrownBy(() -> book.step(new LeaseEvent.Tick(), 9)).isInstanceOf(Refused.class).hasMessageContaining("is at 10");
        assertThatThrownBy(() -> book.step(asked(LeaseRequest.bestEffort(1, 0, 1, nodes(1))), 11)).hasMessageContaining("a lease 1 already");
        assertThatThrownBy(() -> book.step(new LeaseEvent.Cancelled(7), 11)).hasMessageContaining("no lease 7");
        assertThatThrownBy(() -> book.step(new LeaseEvent.EndedEarly(1), 11)).hasMessageContaining("cannot have ended early");
        assertThatThrownBy(() -> book.step(new LeaseEvent.HostLost(4), 11)).hasMessageContaining("no host 4");
    }

    @Test
    void hostsComeAndGoAndNoRuleIsBroken() {
        Seeded.forAll(40, LeaseBookTest::hostsComeAndGo);
    }

    @Test
    @Tag("long")
    void hostsComeAndGoForLong() {
        Seeded.forAll(2000, LeaseBookTest::hostsComeAndGo);
    }

    private static void hostsComeAndGo(long seed) {
        var random = Seeded.random(seed);
        var workload = RandomWorkload.of(seed);
        var book = LeaseBook.empty(workload.workload().site(), workload.settings(), workload.policies(), 0);
        var toCome = new ArrayList<>(workload.workload().requests().stream().sorted(Comparator.comparingLong(LeaseRequest::arrival)).toList());
        var host = workload.workload().site().hosts().get(random.nextInt(workload.workload().site().hosts().size())).id();
        var results = new ArrayList<Outcome.Result>();
        var log = new ArrayList<LogEntry>();
        var used = new ArrayList<Slot>();
        for (int steps = 0; !toCome.isEmpty() || book.due().isPresent() || !book.lost().isEmpty(); steps++) {
            var next = event(book, toCome, host, steps > 300, random);
            judge(next.book());
            next.ended().forEach(ended -> results.add(ended.result()));
            log.addAll(next.log());
            used.addAll(next.used());
            book = next.book();
        }
        assertThat(book.leases()).isEmpty();
        assertThat(ScheduleChecker.violations(new Outcome(workload.workload(), 0, book.now(), results, log, used))).isEmpty();
    }

    /** @param calm no more hosts are lost */
    private static LeaseBook.Next event(LeaseBook book, List<LeaseRequest> toCome, long host, boolean calm, java.util.random.RandomGenerator random) {
        long due = book.due().orElse(Long.MAX_VALUE);
        if (!toCome.isEmpty() && toCome.getFirst().arrival() <= due) {
            var request = toCome.removeFirst();
            return book.step(new LeaseEvent.Requested(List.of(request)), Math.max(book.now(), request.arrival()));
        }
        if (calm || due == Long.MAX_VALUE) {
            return book.lost().isEmpty() ? book.step(new LeaseEvent.Tick(), due) : book.step(new LeaseEvent.HostBack(host), book.now());
        }
        long time = book.now() + random.nextLong(due - book.now() + 1);
        return switch (random.nextInt(12)) {
            case 0 -> book.step(new LeaseEvent.HostLost(host), time);
            case 1, 2 -> book.step(new LeaseEvent.HostBack(host), time);
            default -> book.step(new LeaseEvent.Tick(), due);
        };
    }

    /** Nobody has anything on a lost host, and what is planned fits. */
    private static void judge(LeaseBook book) {
        for (var lease : book.leases()) {
            for (var run : lease.runs()) {
                boolean gone = run.run().turn() >= 0 && run.run().slot().hosts().stream().anyMatch(book.lost()::contains);
                assertThat(gone).as("%s on lost %s", lease, book.lost()).isFalse();
            }
            assertThat(lease.images().values()).noneMatch(book.lost()::contains);
        }
        book.calendar().stretches().forEach((host, stretches) -> assertThat(stretches).as("host %d", host).noneMatch(stretch -> stretch.free().negative()));
    }
}
