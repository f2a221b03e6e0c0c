package org.reservoir.placement.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Checker;
import org.reservoir.placement.State;

class BoardTest {
    @Test
    void deltaAfterDeltaComesToWhatIsCountedAnewAndUndoIsAsIfNothingWasDone() {
        Seeded.forAll(150, seed -> {
            var random = Seeded.random(seed);
            var board = new Board(Problems.random(random, 1 + random.nextInt(12), 24));
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
            var problem = Problems.random(random, 1 + random.nextInt(12), 24);
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
