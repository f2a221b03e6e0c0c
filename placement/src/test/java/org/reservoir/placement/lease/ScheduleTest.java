package org.reservoir.placement.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reservoir.kernel.testing.Seeded;

class ScheduleTest {
    @Test
    void noScheduleBreaksARuleAndNoLeaseIsForgotten() {
        Seeded.forAll(100, ScheduleTest::judge);
    }

    @Test
    @Tag("long")
    void noneOfManySchedulesBreaksARuleEither() {
        Seeded.forAll(20_000, ScheduleTest::judge);
    }

    private static void judge(long seed) {
        var outcome = RandomWorkload.of(seed).run();
        assertThat(ScheduleChecker.violations(outcome)).isEmpty();
        assertThat(outcome.results()).allMatch(result -> result.state().isEnd());
    }

    /** Whoever waits where: what was promised begins at its time and is not stopped before it has had it. */
    @ParameterizedTest
    @EnumSource(LeaseSettings.Queueing.class)
    void noReservationIsHurtByTheOrderInWhichOthersWait(LeaseSettings.Queueing order) {
        Seeded.forAll(100, seed -> {
            var outcome = RandomWorkload.of(seed).queueing(order).run();
            assertThat(ScheduleChecker.violations(outcome)).isEmpty();
            outcome.results().stream().filter(result -> result.request().kind() == LeaseKind.ADVANCE_RESERVATION && result.state() != LeaseState.REJECTED).forEach(result -> {
                var slots = outcome.slots().stream().filter(slot -> slot.lease() == result.request().id() && slot.kind() == SlotKind.RUN).toList();
                long promised = result.request().start() instanceof LeaseRequest.Start.At(long start) ? start : -1;
                long takes = Math.min(result.request().duration(), result.request().ends().orElse(Long.MAX_VALUE));
                assertThat(result.state()).isEqualTo(LeaseState.DONE);
                assertThat(slots).singleElement().matches(slot -> slot.start() == promised && slot.until() == promised + takes);
            });
        });
    }

    @Test
    void theSameInputGivesTheSameSchedule() {
        Seeded.forAll(25, seed -> assertThat(RandomWorkload.of(seed).run()).isEqualTo(RandomWorkload.of(seed).run()));
    }

    /** Two leases on one host, the second after the first; each way to break that is found. */
    @Test
    void theCheckerFindsEachKindOfBreak() {
        var site = LeaseSite.uniform(2, 100, 1024);
        var node = site.cpuAndMemory(100, 1024);
        var lease = LeaseRequest.reservation(1, 0, 10, 20, List.of(node, node));
        assertThat(wrong(site, lease, run(10, 30, 1, 2))).isEmpty();
        assertThat(wrong(site, lease, run(10, 30, 1, 1))).anyMatch(it -> it.contains("host 1 gives 200 of its 100"));
        assertThat(wrong(site, lease, run(11, 31, 1, 2))).anyMatch(it -> it.contains("was promised 10"));
        assertThat(wrong(site, lease, run(10, 29, 1, 2))).anyMatch(it -> it.contains("after 19 of 20 s"));
        assertThat(wrong(site, lease, new Slot(1, SlotKind.RUN, 10, 30, List.of(1), List.of(1L), List.of()))).anyMatch(it -> it.contains("not all 2 nodes"));
        var suspended = new Slot(1, SlotKind.SUSPEND, 20, 22, List.of(1, 2), List.of(1L, 2L), List.of());
        assertThat(wrong(site, lease, run(10, 20, 1, 2), suspended, new Slot(1, SlotKind.RESUME, 30, 32, List.of(1, 2), List.of(2L, 1L), List.of()), run(32, 42, 2, 1)))
                .anyMatch(it -> it.contains("the image of node 1 lies on host 1"));
        assertThat(wrong(site, lease, run(10, 20, 1, 2), suspended, new Slot(1, SlotKind.RESUME, 21, 23, List.of(1, 2), List.of(1L, 2L), List.of()), run(23, 33, 1, 2)))
                .anyMatch(it -> it.contains("begins before the lease is suspended"));
        assertThat(wrong(site, LeaseRequest.deadline(1, 0, 10, 20, 29, List.of(node, node)), run(10, 30, 1, 2))).anyMatch(it -> it.contains("after its deadline"));
    }

    private static Slot run(long start, long until, long first, long second) {
        return new Slot(1, SlotKind.RUN, start, until, List.of(1, 2), List.of(first, second), List.of());
    }

    private static List<String> wrong(LeaseSite site, LeaseRequest lease, Slot... slots) {
        long end = slots[slots.length - 1].until();
        var result = new Outcome.Result(lease, LeaseState.DONE, java.util.OptionalLong.of(10), java.util.OptionalLong.of(end), 20, 0, "");
        return ScheduleChecker.violations(new Outcome(new Workload(site, 0, List.of(lease)), 0, end, List.of(result), List.of(), List.of(slots)));
    }
}
