package org.reservoir.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.lease.LeaseHost;
import org.reservoir.placement.lease.LeaseSite;
import org.reservoir.placement.lease.Quantity;
import org.reservoir.placement.plan.Conflict;
import org.reservoir.placement.policy.Balance;
import org.reservoir.placement.policy.Earnings;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerProfile;
import org.reservoir.placement.policy.Profit;

/** What cannot be is refused, or has no place, with a message that names who or what is to blame. */
class BadInputTest {
    private static final List<HostView> TWO = List.of(host(1, 4, 4), host(2, 4, 4));

    private static Decision last(List<Constraint> constraints, Demand... demands) {
        return Placer.open(Snapshot.of(TWO).with(List.of(), constraints)).place(List.of(demands), Policy.PACKING).getLast();
    }

    private static String why(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.NoRoom.class);
        var none = (Decision.NoRoom) decision;
        return none.summary() + " / " + none.objections().stream().map(Objection::text).toList() + " / " + none.advice();
    }

    @Test
    void aSetThatCannotBeSatisfiedNamesItselfAndTheMemberWithoutRoom() {
        var set = List.<Constraint>of(new Constraint.AllOrNothing("shop"));
        var incomplete = (Decision.Incomplete) last(set, vee(8, 9, 1, "shop"), vee(7, 1, 1, "shop"));
        assertThat(incomplete.set()).isEqualTo("shop");
        assertThat(incomplete.cause().demand().id()).isEqualTo(8);
        assertThat(why(incomplete.cause())).contains("cpu");
    }

    @Test
    void affinityThatContradictsAntiAffinityNamesBothAndTheGroup() {
        var constraints = List.<Constraint>of(new Constraint.Gather("db", Level.HOST), new Constraint.Spread("db", Level.HOST));
        assertThat(why(last(constraints, vee(1, 1, 1, "db"), vee(2, 1, 1, "db")))).contains("spread").contains("gather").contains("node-1").contains("db");
        assertThat(Conflict.of(Snapshot.of(TWO).with(List.of(), constraints), List.of(vee(1, 1, 1, "db"), vee(2, 1, 1, "db"))).orElseThrow().constraints()).containsExactlyInAnyOrderElementsOf(constraints);
        assertThat(why(last(List.of(new Constraint.Fence("db", Set.of(1L)), new Constraint.Ban("db", Set.of(1L))), vee(1, 1, 1, "db")))).contains("fence").contains("ban").contains("db");
    }

    @Test
    void whatIsBiggerThanAHostIsNotToldToFreeRoomOnIt() {
        var placer = Placer.open(Snapshot.of(List.of(host(3, 8, 4))));
        assertThat(placer.objections(vee(1, 16, 4))).extracting(Objection::change).containsExactly("ask for less, or add a host that has 16 of cpu: node-3 has 8 in all");
        placer.place(vee(2, 1, 1), Policy.PACKING);
        assertThat(placer.objections(vee(1, 8, 4))).extracting(Objection::change).containsExactly("free 1 of cpu on node-3", "free 1 GiB of memory on node-3");
    }

    @Test
    void aHostWithoutCapacityTakesNothingAndSaysSo() {
        var nothing = Placer.open(Snapshot.of(List.of(host(3, 0, 0)))).place(vee(1, 1, 1), Policy.PACKING);
        assertThat(why(nothing)).contains("node-3 has 0 of cpu left, 1 is asked for");
        assertThat(Placer.open(Snapshot.of(List.of(host(3, 0, 0)))).place(Demand.of(2, Amounts.of(0, 0, 0)), Policy.PACKING)).as("who asks for nothing has it").isInstanceOf(Decision.Placed.class);
    }

    @Test
    void negativeAmountsAreRefusedWithTheAmountAndInASiteOfLeasesWithTheHost() {
        assertThatThrownBy(() -> Amounts.of(1, -5, 0)).isInstanceOf(Refused.class).hasMessageContaining("[1, -5, 0]");
        assertThatThrownBy(() -> new LeaseSite(List.of(LeaseSite.CPU, LeaseSite.MEMORY), List.of(), List.of(new LeaseHost(4, Quantity.of(100, -1))))).isInstanceOf(Refused.class)
                .hasMessageContaining("Host 4 has a negative capacity");
    }

    @Test
    void aSnapshotThatCannotBeNamesWhatIsWrongWithIt() {
        var hosts = List.of(host(3, 1, 1));
        assertThatThrownBy(() -> Snapshot.of(List.of(host(3, 1, 1), host(3, 2, 2)))).isInstanceOf(Refused.class).hasMessage("host 3 is there twice.");
        assertThatThrownBy(() -> Snapshot.of(List.of(HostView.of(3, "node-3", Amounts.of(1))))).isInstanceOf(Refused.class).hasMessage("host node-3 has 1 amounts for 3 resources.");
        assertThatThrownBy(() -> Snapshot.of(hosts).with(List.of(new VeeView(vee(1, 1, 1), 4)), List.of())).isInstanceOf(Refused.class).hasMessage("VEE 1 is on host 4, which is not there.");
        assertThatThrownBy(() -> Snapshot.of(hosts).with(List.of(new VeeView(vee(1, 1, 1), 3), new VeeView(vee(1, 2, 1), 3)), List.of())).isInstanceOf(Refused.class).hasMessage("VEE 1 is there twice.");
        assertThatThrownBy(() -> Snapshot.of(hosts).with(List.of(new VeeView(Demand.of(1, Amounts.of(1)), 3)), List.of())).isInstanceOf(Refused.class).hasMessage("VEE 1 has 1 amounts.");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, 0, Double.POSITIVE_INFINITY, 1001})
    void anOvercommitThatCannotBeNamesItsHostAndItself(double factor) {
        assertThatThrownBy(() -> host(2, 1, 1).overcommitting(1, factor, 1)).isInstanceOf(Refused.class).hasMessageContaining("node-2").hasMessageContaining(Double.toString(factor));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, Double.POSITIVE_INFINITY})
    void aWeightThatIsNoNumberNamesItsGoalOrPriceAndItself(double weight) {
        var number = Double.toString(weight);
        assertThatThrownBy(() -> Objective.of(Balance.USUAL, weight)).isInstanceOf(Refused.class).hasMessageContaining(number).hasMessageContaining("imbalance");
        assertThatThrownBy(() -> new Balance(List.of(1.0, weight))).hasMessageContaining(number).hasMessageContaining("load balance");
        assertThatThrownBy(() -> new FewMoves(1, weight, 1)).hasMessageContaining(number).hasMessageContaining("few migrations");
        assertThatThrownBy(() -> new PowerProfile(100, weight, 0, 0)).hasMessageContaining(number).hasMessageContaining("power profile");
        assertThatThrownBy(() -> new Profit.HostCost(weight, 0)).hasMessageContaining(number).hasMessageContaining("cost of a host");
        assertThatThrownBy(() -> Earnings.of(Map.of("cpu", 1.0, "gib", weight))).hasMessageContaining(number).hasMessageContaining("the price of gib");
    }

    @Test
    void aDemandThatDoesNotFitItsSnapshotIsNamed() {
        var placer = Placer.open(Snapshot.of(TWO));
        assertThatThrownBy(() -> placer.place(Demand.of(5, Amounts.of(1)), Policy.PACKING)).isInstanceOf(Refused.class).hasMessageContaining("VEE 5 asks for 1 resources of 3");
    }
}
