package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

class ReconciliationTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private static Tier tier(String component, int order, int wanted) {
        return new Tier(component, order, Duration.ZERO, 10, wanted, Optional.empty(), false, Map.of());
    }

    private static Tier started(Tier tier) {
        return new Tier(tier.component(), tier.order(), tier.startDelay(), tier.most(), tier.wanted(), Optional.empty(), true, tier.attempts());
    }

    private static Tier troubled(Tier tier, int replica, Attempt attempt) {
        return new Tier(tier.component(), tier.order(), tier.startDelay(), tier.most(), tier.wanted(), Optional.empty(), tier.started(), Map.of(replica, attempt));
    }

    private static Seen vee(String component, int replica, VeeState state, boolean ready) {
        return new Seen(new VeeId(component.hashCode() % 1000 * 10 + 10_000 + replica), component, replica, state, ready, NOW.minusSeconds(100 - replica),
                Optional.empty(), state == VeeState.FAILED ? Optional.of("no boot") : Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    private static Seen ready(String component, int replica) {
        return vee(component, replica, VeeState.RUNNING, true);
    }

    private static Attempt attempt(Attempt.Aim aim, int count, Duration ago) {
        return new Attempt(aim, count, NOW.minus(ago), "it went wrong", false);
    }

    private static List<String> told(Outcome outcome) {
        return outcome.steps().stream().map(step -> "%s %s %d".formatted(step.getClass().getSimpleName().toLowerCase(), step.component(), step.replica())).toList();
    }

    @Test
    void theLowestOrderStartsAloneAndEqualOrdersTogether() {
        var outcome = Reconciliation.keepUp(List.of(tier("web", 2, 2), tier("db", 1, 1), tier("cache", 1, 1)), List.of(), NOW);
        assertThat(told(outcome)).containsExactlyInAnyOrder("create db 0", "create cache 0");
        assertThat(outcome.state()).isEqualTo(Service.State.DEPLOYING);
    }

    @Test
    void theNextOrderWaitsUntilEveryReplicaBelowIsReady() {
        var tiers = List.of(tier("db", 1, 2), tier("web", 7, 1));
        assertThat(told(Reconciliation.keepUp(tiers, List.of(ready("db", 0), vee("db", 1, VeeState.RUNNING, false)), NOW))).isEmpty();
        var open = Reconciliation.keepUp(tiers, List.of(ready("db", 0), ready("db", 1)), NOW);
        assertThat(told(open)).containsExactly("create web 0");
        assertThat(open.started()).containsExactly("db");
    }

    @Test
    void aStartDelayEndsTheWaitForGuestsThatRunButSayNothing() {
        var slow = new Tier("db", 1, Duration.ofSeconds(60), 10, 1, Optional.empty(), false, Map.of());
        var late = new Seen(new VeeId(1), "db", 0, VeeState.RUNNING, false, NOW.minusSeconds(59), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(new HostId(1)), false);
        var waiting = Reconciliation.keepUp(List.of(slow, tier("web", 2, 1)), List.of(late), NOW);
        assertThat(told(waiting)).isEmpty();
        assertThat(waiting.again()).contains(NOW.plusSeconds(1));
        assertThat(waiting.problem()).isEmpty();
        var over = Reconciliation.keepUp(List.of(slow, tier("web", 2, 1)), List.of(late), NOW.plusSeconds(1));
        assertThat(told(over)).containsExactly("create web 0");
        assertThat(over.problem()).contains("db, replica 0: its guest does not say that it is ready");
        assertThat(over.state()).isEqualTo(Service.State.DEPLOYING);
        var elsewhere = new Seen(new VeeId(2), "web", 0, VeeState.RUNNING, true, NOW, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(new HostId(2)), false);
        assertThat(Reconciliation.keepUp(List.of(slow, tier("web", 2, 1)), List.of(late, elsewhere), NOW.plusSeconds(1)).problem().orElseThrow()).contains("others of the service are on other hosts", "--span-hosts");
    }

    @Test
    void aServiceWithAllItWantsRuns() {
        var tiers = List.of(started(tier("db", 1, 1)), started(tier("web", 2, 1)));
        var outcome = Reconciliation.keepUp(tiers, List.of(ready("db", 0), ready("web", 0)), NOW);
        assertThat(outcome.steps()).isEmpty();
        assertThat(outcome.state()).isEqualTo(Service.State.RUNNING);
        assertThat(outcome.again()).isEmpty();
    }

    @Test
    void aComponentScalesWhileAnotherIsInTrouble() {
        var tiers = List.of(started(tier("db", 1, 1)), started(tier("web", 2, 3)));
        var outcome = Reconciliation.keepUp(tiers, List.of(vee("db", 0, VeeState.FAILED, false), ready("web", 0)), NOW);
        assertThat(told(outcome)).containsExactlyInAnyOrder("recover db 0", "create web 1", "create web 2");
    }

    @Test
    void aVeeThatVanishedIsMadeAgainUnderItsNumber() {
        var outcome = Reconciliation.keepUp(List.of(started(tier("web", 0, 3))), List.of(ready("web", 0), ready("web", 2)), NOW);
        assertThat(told(outcome)).containsExactly("create web 1");
    }

    @Test
    void aNumberIsNotUsedAgainBeforeItsVeeIsGone() {
        var outcome = Reconciliation.keepUp(List.of(started(tier("web", 0, 1))), List.of(vee("web", 0, VeeState.TERMINATING, false)), NOW);
        assertThat(told(outcome)).containsExactly("create web 1");
    }

    @Test
    void theNewestGoFirstButFailedOnesBeforeThem() {
        var tiers = List.of(started(tier("web", 0, 2)));
        assertThat(told(Reconciliation.keepUp(tiers, List.of(ready("web", 0), ready("web", 1), ready("web", 2), ready("web", 3)), NOW)))
                .containsExactly("terminate web 3", "terminate web 2");
        assertThat(told(Reconciliation.keepUp(tiers, List.of(vee("web", 0, VeeState.FAILED, false), ready("web", 1), ready("web", 2)), NOW)))
                .containsExactly("terminate web 0");
    }

    @Test
    void aVeeOnAHostThatDoesNotAnswerIsNotDoubled() {
        assertThat(told(Reconciliation.keepUp(List.of(started(tier("web", 0, 1))), List.of(vee("web", 0, VeeState.UNKNOWN, false)), NOW))).isEmpty();
    }

    @Test
    void neverMoreThanTheMostWhateverIsWanted() {
        var greedy = new Tier("web", 0, Duration.ZERO, 2, 5, Optional.empty(), true, Map.of());
        assertThat(told(Reconciliation.keepUp(List.of(greedy), List.of(), NOW))).hasSize(2);
    }

    @Test
    void whatMayBeThereOnceIsNotReplacedBeforeItIsGone() {
        var single = new Tier("db", 0, Duration.ZERO, 1, 1, Optional.empty(), true, Map.of());
        assertThat(told(Reconciliation.keepUp(List.of(single), List.of(vee("db", 0, VeeState.TERMINATING, false)), NOW))).isEmpty();
        assertThat(told(Reconciliation.keepUp(List.of(single), List.of(), NOW))).containsExactly("create db 0");
    }

    private static Tier asOne(int wanted, int from) {
        return new Tier("web", 0, Duration.ZERO, 10, wanted, Optional.of(new AsOne("s", from)), true, Map.of());
    }

    private static Seen ofSet(int replica) {
        return new Seen(new VeeId(replica + 1), "web", replica, VeeState.PENDING, false, NOW, Optional.empty(), Optional.empty(), Optional.of("s"), Optional.empty(), false);
    }

    @Test
    void whatWasAskedForAsOneIsMadeAsOneAndWhatIsToBeReplacedBesideItIsNot() {
        assertThat(Reconciliation.keepUp(List.of(asOne(5, 2)), List.of(ready("web", 0), ready("web", 1)), NOW).steps()).containsExactly(new Step.CreateSet("web", List.of(2, 3, 4), "s"));
        assertThat(Reconciliation.keepUp(List.of(asOne(5, 2)), List.of(ready("web", 1)), NOW).steps())
                .containsExactly(new Step.Create("web", 0), new Step.CreateSet("web", List.of(2, 3, 4), "s"));
        assertThat(Reconciliation.keepUp(List.of(asOne(5, 2)), List.of(ready("web", 1), ofSet(2), ofSet(4)), NOW).steps())
                .containsExactly(new Step.Create("web", 0), new Step.CreateSet("web", List.of(3), "s"));
        assertThat(Reconciliation.keepUp(List.of(asOne(5, 2)), List.of(ready("web", 0), ready("web", 1), ofSet(2), ofSet(3), ofSet(4)), NOW).steps()).isEmpty();
        assertThat(Reconciliation.keepUp(List.of(asOne(5, 2)), List.of(ready("web", 0), ready("web", 1), ready("web", 2)), NOW).steps()).as("one that was to go stays")
                .containsExactly(new Step.CreateSet("web", List.of(3, 4), "s"));
    }

    @Test
    void nothingOfASetIsMadeBeforeAllOfItMayBe() {
        var leaving = new ArrayList<>(List.of(ready("web", 0)));
        IntStream.range(1, 8).forEach(i -> leaving.add(vee("web", i, VeeState.TERMINATING, false)));
        assertThat(Reconciliation.keepUp(List.of(asOne(5, 1)), leaving, NOW).steps()).as("of ten only two are free").isEmpty();
        var tier = asOne(3, 1);
        var failed = new Tier("web", 0, Duration.ZERO, 10, 3, tier.asOne(), true, Map.of(1, attempt(Attempt.Aim.KEEP, 1, Duration.ZERO)));
        assertThat(Reconciliation.keepUp(List.of(failed), List.of(ready("web", 0)), NOW)).satisfies(outcome -> {
            assertThat(outcome.steps()).isEmpty();
            assertThat(outcome.again()).contains(NOW.plusSeconds(1));
        });
    }

    @Test
    void retriesPauseLongerEachTimeAndEnd() {
        var failed = List.of(vee("web", 0, VeeState.FAILED, false));
        var once = troubled(started(tier("web", 0, 1)), 0, attempt(Attempt.Aim.KEEP, 1, Duration.ZERO));
        assertThat(Reconciliation.keepUp(List.of(once), failed, NOW)).satisfies(outcome -> {
            assertThat(outcome.steps()).isEmpty();
            assertThat(outcome.again()).contains(NOW.plusSeconds(1));
        });
        var twice = troubled(once, 0, attempt(Attempt.Aim.KEEP, 2, Duration.ofMinutes(1)));
        assertThat(told(Reconciliation.keepUp(List.of(twice), failed, NOW))).containsExactly("terminate web 0");
        var often = troubled(once, 0, attempt(Attempt.Aim.KEEP, 5, Duration.ofHours(1)));
        assertThat(Reconciliation.keepUp(List.of(often), failed, NOW)).satisfies(outcome -> {
            assertThat(outcome.steps()).isEmpty();
            assertThat(outcome.state()).isEqualTo(Service.State.FAILED);
            assertThat(outcome.problem()).contains("web, replica 0: it went wrong");
        });
    }

    @Test
    void whatHoldsAVeeUpIsToldWithoutCallingItAFailure() {
        var pending = new Seen(new VeeId(5), "web", 0, VeeState.PENDING, false, NOW, Optional.empty(), Optional.of("no host has room"), Optional.empty(), Optional.empty(), false);
        var outcome = Reconciliation.keepUp(List.of(tier("web", 0, 1)), List.of(pending), NOW);
        assertThat(outcome.state()).isEqualTo(Service.State.DEPLOYING);
        assertThat(outcome.problem()).contains("web, replica 0: no host has room");
    }

    @Test
    void whoMustBeWhereItsNetworkIsIsToldSo() {
        var pending = new Seen(new VeeId(5), "web", 0, VeeState.PENDING, false, NOW, Optional.empty(), Optional.of("no host takes it."), Optional.empty(), Optional.empty(), true);
        assertThat(Reconciliation.keepUp(List.of(tier("web", 0, 1)), List.of(pending), NOW).problem().orElseThrow()).startsWith("web, replica 0: no host takes it. It goes where the others")
                .contains("joins one host only", "--span-hosts");
    }

    @Test
    void aGuestThatIsWaitedForWithoutBoundAndStaysSilentIsToldOfInTheEnd() {
        var silent = vee("db", 0, VeeState.RUNNING, false);
        var tiers = List.of(tier("db", 1, 1), tier("web", 2, 1));
        var waiting = Reconciliation.keepUp(tiers, List.of(silent), NOW);
        assertThat(waiting.problem()).isEmpty();
        var again = waiting.again().orElseThrow();
        var later = Reconciliation.keepUp(tiers, List.of(silent), again);
        assertThat(later.problem()).contains("db, replica 0: its guest does not say that it is ready");
        assertThat(later.state()).isEqualTo(Service.State.DEPLOYING);
        assertThat(told(later)).as("the next tier waits on").isEmpty();
    }

    @Test
    void aReplicaThatGaveUpIsStillEndedWhenItIsNoLongerWanted() {
        var tier = troubled(started(tier("web", 0, 0)), 0, attempt(Attempt.Aim.KEEP, 5, Duration.ofHours(1)));
        assertThat(told(Reconciliation.keepUp(List.of(tier), List.of(vee("web", 0, VeeState.FAILED, false)), NOW))).containsExactly("terminate web 0");
    }

    @Test
    void troubleIsForgottenWhenItsReplicaIsGoneAndNotWanted() {
        var tier = troubled(started(tier("web", 0, 1)), 1, attempt(Attempt.Aim.KEEP, 5, Duration.ofHours(1)));
        var outcome = Reconciliation.keepUp(List.of(tier), List.of(ready("web", 0)), NOW);
        assertThat(outcome.state()).isEqualTo(Service.State.RUNNING);
        assertThat(outcome.well()).containsExactly(new Outcome.ReplicaKey("web", 1));
    }

    @Test
    void aServiceEndsInReverseOrderAndEachOrderWaitsForTheOneAbove() {
        var tiers = List.of(tier("db", 1, 1), tier("web", 2, 2));
        var both = List.of(ready("db", 0), ready("web", 0), ready("web", 1));
        assertThat(told(Reconciliation.takeDown(tiers, both, NOW))).containsExactly("terminate web 0", "terminate web 1");
        assertThat(told(Reconciliation.takeDown(tiers, List.of(ready("db", 0), vee("web", 0, VeeState.TERMINATING, false)), NOW))).isEmpty();
        assertThat(told(Reconciliation.takeDown(tiers, List.of(ready("db", 0)), NOW))).containsExactly("terminate db 0");
        assertThat(Reconciliation.takeDown(tiers, List.of(vee("db", 0, VeeState.TERMINATED, false)), NOW).state()).isEqualTo(Service.State.UNDEPLOYED);
    }

    @Test
    void whatNobodyKnowsIsEndedToo() {
        assertThat(told(Reconciliation.takeDown(List.of(tier("db", 1, 1)), List.of(ready("old", 0)), NOW))).containsExactly("terminate old 0");
        assertThat(told(Reconciliation.keepUp(List.of(started(tier("db", 1, 0))), Stream.of(ready("old", 0)).toList(), NOW))).containsExactly("terminate old 0");
    }
}
