package org.reservoir.placement.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerProfile;
import org.reservoir.placement.policy.PowerSaving;

class FillingTest {
    private static final long GIB = 1L << 30;
    private static final int VEES = 16;
    private static final int EMPTY = VEES;

    /** The largest first would use up all memory and leave six processors. */
    @Test
    void aHostIsFilledWithWhatUsesUpAllResources() {
        var board = board(List.of());
        new Filling(board, new Units(board, new Room(board)), IntStream.range(0, VEES).boxed().toList()).fill(EMPTY);
        assertThat(board.state.free(EMPTY, 0)).isZero();
        assertThat(board.state.free(EMPTY, 1)).isZero();
    }

    @Test
    void rulesAreKept() {
        var board = board(List.of(new Constraint.Spread("rich", Level.HOST)));
        new Filling(board, new Units(board, new Room(board)), IntStream.range(0, VEES).boxed().toList()).fill(EMPTY);
        assertThat(IntStream.range(0, VEES / 2).filter(vee -> board.at(vee) == EMPTY)).hasSize(1);
        assertThat(IntStream.range(VEES / 2, VEES).filter(vee -> board.at(vee) == EMPTY)).hasSize(7);
    }

    /** Eight VEEs that ask for much memory, eight that ask for little, each on a host of its own, and one host that is empty. */
    private static Board board(List<Constraint> constraints) {
        var rich = IntStream.rangeClosed(1, VEES / 2).mapToObj(i -> vee(i, 12, "rich"));
        var lean = IntStream.rangeClosed(VEES / 2 + 1, VEES).mapToObj(i -> vee(i, 4, "lean"));
        var hosts = LongStream.rangeClosed(1, EMPTY + 1).mapToObj(id -> HostView.of(id, "node-" + id, Amounts.of(16_000, 64 * GIB)).in("rack", "site")).toList();
        var snapshot = new Snapshot(List.of(Resource.CPU, Resource.MEMORY), hosts, Stream.concat(rich, lean).toList(), constraints);
        var saving = Objective.of(new PowerSaving(Map.of(), new PowerProfile(110, 110, 0, 0)), 1);
        return new Board(Problem.of(snapshot, List.of(), saving));
    }

    private static VeeView vee(int id, int gibs, String group) {
        return new VeeView(Demand.of(id, Amounts.of(2000, gibs * GIB), group), id);
    }
}
