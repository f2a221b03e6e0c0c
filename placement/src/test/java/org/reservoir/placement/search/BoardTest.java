package org.reservoir.placement.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Checker;
import org.reservoir.placement.State;
import org.reservoir.placement.Worlds;
import org.reservoir.placement.policy.Balance;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Headroom;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerProfile;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.policy.Profit;

class BoardTest {
    static Objective objective(RandomGenerator random) {
        var power = new PowerSaving(Map.of(1L, new PowerProfile(50, 120, 5, 3), 2L, new PowerProfile(150, 300, 9, 0)), PowerProfile.USUAL);
        return switch (random.nextInt(6)) {
            case 0 -> Objective.of(Balance.USUAL, 1).and(FewMoves.COUNTED, 5);
            case 1 -> Objective.of(power, 1).then(new FewMoves(0.5, 1, 3));
            case 2 -> Objective.of(power, 2).and(Balance.USUAL, 0.3).and(new Headroom(1, true), 0.5).then(FewMoves.COUNTED);
            case 3 -> Objective.of(new Profit(Map.of(1L, new Profit.Offer(2, 1), 30L, new Profit.Offer(5, 0)), Map.of(1L, new Profit.HostCost(1, 0.5), 3L, new Profit.HostCost(0.1, 0.1))), 3);
            case 4 -> Objective.of(new Headroom(random.nextInt(3), false), 1).then(Balance.USUAL);
            default -> Objective.FEW_MOVES;
        };
    }

    static Problem problem(RandomGenerator random, int hosts, int vees) {
        var snapshot = Worlds.random(random, hosts);
        var demands = Worlds.demands(random, vees, 1);
        var placed = new LocalSearch().solve(Problem.of(snapshot, demands.subList(0, vees * 3 / 4), Objective.FEW_MOVES), Budget.ofIterations(1, 0));
        return Problem.of(snapshot.with(placed.places(), snapshot.constraints()), demands.subList(vees * 3 / 4, vees), objective(random));
    }

    @Test
    void deltaAfterDeltaComesToWhatIsCountedAnewAndUndoIsAsIfNothingWasDone() {
        Seeded.forAll(150, seed -> {
            var random = Seeded.random(seed);
            var board = new Board(problem(random, 1 + random.nextInt(12), 24));
            for (int round = 0; round < 20; round++) {
                var places = board.places();
                long total = board.total();
                int moved = board.moved();
                int mark = board.mark();
                for (int i = 0; i < 10; i++) {
                    step(board, random);
                    assertThat(board.total()).isEqualTo(board.recomputed());
                }
                if (random.nextBoolean()) {
                    board.undo(mark);
                    assertThat(board.places()).isEqualTo(places);
                    assertThat(board.total()).isEqualTo(total);
                    assertThat(board.moved()).isEqualTo(moved);
                }
            }
        });
    }

    private static void step(Board board, RandomGenerator random) {
        int vee = random.nextInt(board.vees);
        if (random.nextInt(4) == 0 && board.at(vee) != State.NOWHERE) {
            board.take(vee);
        } else {
            board.move(vee, random.nextInt(board.hosts));
        }
    }

    @Test
    void nothingIsPutWhereTheCheckerWouldMind() {
        Seeded.forAll(150, seed -> {
            var random = Seeded.random(seed);
            var problem = problem(random, 1 + random.nextInt(12), 24);
            var board = new Board(problem);
            for (int i = 0; i < 50; i++) {
                board.move(random.nextInt(board.vees), random.nextInt(board.hosts));
                var now = board.solution("test", false, 0);
                // a set may be torn while it is being placed; solvers place it whole
                assertThat(new Checker(problem.snapshot()).worsened(now.places(), List.of())).isEmpty();
            }
        });
    }
}
