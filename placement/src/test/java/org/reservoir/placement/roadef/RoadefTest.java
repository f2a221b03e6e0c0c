package org.reservoir.placement.roadef;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.kernel.testing.Seeded;

class RoadefTest {
    private final Instance example = Instance.parse("model_example", InstanceTest.EXAMPLE);
    private final Referee referee = new Referee(example, new int[] {0, 3, 0});

    @Test
    void theWorkedExampleCostsWhatTheStatementSays() {
        assertThat(referee.cost(new int[] {0, 3, 0})).isEqualTo(4200);
        assertThat(referee.cost(new int[] {0, 2, 0})).isEqualTo(3510);
        assertThat(referee.cost(new int[] {0, 2, 1})).isEqualTo(2411);
        assertThat(referee.violations(new int[] {0, 2, 1})).isEmpty();
    }

    @Test
    void theSearchFindsTheOptimumOfTheWorkedExample() {
        assertThat(search(example, new int[] {0, 3, 0}, 1, 20)).containsExactly(0, 2, 1);
    }

    /** A walk that begins hot ends 1 832 above the bound, with processes away that no longer come home. */
    @Test
    @Tag("long")
    void whereMovesAreAllThatIsLeftFewAreMade() throws IOException {
        var instance = Instance.parse("model_a1_3", read("model_a1_3"));
        var before = instance.assignment("assignment_a1_3", read("assignment_a1_3"));
        var judge = new Referee(instance, before);
        var found = Reassignment.search(instance, before, 1, 2, Reassignment.Budget.blocks(12_000), Reassignment.Crew.alone());
        assertThat(judge.violations(found)).isEmpty();
        assertThat(judge.cost(found) - instance.lowerBound()).isLessThan(800);
    }

    private static int[] search(Instance instance, int[] before, long seed, long blocks) {
        return Reassignment.search(instance, before, 2, seed, Reassignment.Budget.blocks(blocks), Reassignment.Crew.alone());
    }

    @Test
    void everyRuleIsJudged() {
        assertThat(referee.violations(new int[] {0, 0, 0})).anyMatch(v -> v.contains("twice")).anyMatch(v -> v.contains("locations"));
        assertThat(referee.violations(new int[] {2, 3, 0})).anyMatch(v -> v.contains("depends"));
        assertThat(referee.violations(new int[] {3, 2, 1})).anyMatch(v -> v.contains("machine 3, resource 0: 22 of 10"));
    }

    @ParameterizedTest
    @CsvSource({"a1_1,49528750,44306390", "a1_4,632499600,242387530", "a2_2,1876768120,13590090", "a2_4,3223516130,1680222380"})
    void initialCostsAndBoundsAreThePublishedOnes(String name, long initial, long bound) throws IOException {
        var instance = Instance.parse("model_" + name, read("model_" + name));
        var before = instance.assignment("assignment_" + name, read("assignment_" + name));
        assertThat(new Referee(instance, before).cost(before)).isEqualTo(initial);
        assertThat(new Referee(instance, before).violations(before)).isEmpty();
        assertThat(instance.lowerBound()).isEqualTo(bound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a1_3", "a1_4", "a2_3", "a2_4"})
    void whatTheSearchFindsIsFeasibleCheaperAndTheSameEachTime(String name) throws IOException {
        var instance = Instance.parse("model_" + name, read("model_" + name));
        var before = instance.assignment("assignment_" + name, read("assignment_" + name));
        var judge = new Referee(instance, before);
        var found = search(instance, before, 3, 60);
        assertThat(judge.violations(found)).isEmpty();
        assertThat(judge.cost(found)).isLessThan(judge.cost(before));
        assertThat(search(instance, before, 3, 60)).isEqualTo(found);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(strings = {"a1_3", "a1_4", "a2_3", "a2_4"})
    void whatAMoveIsSaidToChangeItChanges(String name) throws IOException {
        var instance = Instance.parse("model_" + name, read("model_" + name));
        var before = instance.assignment("assignment_" + name, read("assignment_" + name));
        var judge = new Referee(instance, before);
        var assignment = priced(instance, before, before);
        var evaluation = new Evaluation(instance, before, before);
        var random = Seeded.random(5);
        for (int i = 0; i < 6_000; i++) {
            long price = assignment.price();
            var was = assignment.copy();
            int p = random.nextInt(instance.processes);
            long limit = i % 7 == 0 ? Assignment.ANYTHING : 0;
            boolean done = i % 2 == 0 ? assignment.shift(p, random.nextInt(instance.machines), limit) : assignment.swap(p, random.nextInt(instance.processes), limit);
            if (done) {
                var is = assignment.copy();
                assertThat(assignment.price()).isEqualTo(price + assignment.delta()).isEqualTo(priced(instance, before, is).price());
                assertThat(assignment.cost()).isEqualTo(judge.cost(is));
                assertThat(assignment.isFeasible()).isEqualTo(judge.violations(is).isEmpty());
                IntStream.range(0, is.length).filter(q -> is[q] != was[q]).forEach(q -> evaluation.place(q, is[q]));
                assertThat(evaluation.cost()).isEqualTo(judge.cost(is));
                assertThat(evaluation.broken() == 0).isEqualTo(assignment.isFeasible());
            } else {
                assertThat(assignment.copy()).isEqualTo(was);
            }
        }
        assignment.become(before);
        assertThat(assignment.price()).isEqualTo(judge.cost(before));
    }

    @Test
    void aMoveThatIsTakenBackLeavesNothingBehind() throws IOException {
        var instance = Instance.parse("model_a2_3", read("model_a2_3"));
        var before = instance.assignment("assignment_a2_3", read("assignment_a2_3"));
        var assignment = priced(instance, before, before);
        var random = Seeded.random(6);
        for (int i = 0; i < 20_000; i++) {
            int p = random.nextInt(instance.processes);
            int q = random.nextInt(instance.processes);
            int from = assignment.at[p];
            if (i % 2 == 0 ? assignment.shift(p, random.nextInt(instance.machines), Assignment.ANYTHING) : assignment.swap(p, q, Assignment.ANYTHING)) {
                boolean back = i % 2 == 0 ? assignment.shift(p, from, Assignment.ANYTHING) : assignment.swap(p, q, Assignment.ANYTHING);
                assertThat(back).isTrue();
            }
        }
        assertThat(assignment.copy()).isEqualTo(before);
        assertThat(assignment.price()).isEqualTo(new Referee(instance, before).cost(before));
        assertThat(assignment.isFeasible()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a1_3", "a2_3"})
    void aTradeOfOneForSeveralCostsWhatItMayOrLeavesNothingBehind(String name) throws IOException {
        var instance = Instance.parse("model_" + name, read("model_" + name));
        var before = instance.assignment("assignment_" + name, read("assignment_" + name));
        var assignment = priced(instance, before, before);
        var exchange = new Exchange(assignment, new Dice(7));
        var random = Seeded.random(7);
        int done = 0;
        for (int i = 0; i < 1_000; i++) {
            long price = assignment.price();
            var was = assignment.copy();
            long limit = i % 9 == 0 ? Assignment.ANYTHING : 0;
            if (exchange.trade(random.nextInt(instance.processes), random.nextInt(instance.machines), limit)) {
                assertThat(assignment.price()).isEqualTo(priced(instance, before, assignment.copy()).price());
                assertThat(assignment.price() - price).isLessThanOrEqualTo(limit);
                done++;
            } else {
                assertThat(assignment.copy()).isEqualTo(was);
                assertThat(assignment.price()).isEqualTo(price);
            }
        }
        assertThat(done).isBetween(100, 900);
        assertThat(new Referee(instance, before).cost(assignment.copy())).isEqualTo(assignment.cost());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a1_3", "a2_3"})
    void rulesThatChanceHasBrokenAreMended(String name) throws IOException {
        var instance = Instance.parse("model_" + name, read("model_" + name));
        var before = instance.assignment("assignment_" + name, read("assignment_" + name));
        var assignment = priced(instance, before, before);
        var random = Seeded.random(8);
        for (int i = 0; i < 20 || assignment.lacking() == 0; i++) {
            assignment.shift(random.nextInt(instance.processes), random.nextInt(instance.machines), Assignment.ANYTHING);
        }
        assignment.prices(7, 1_000_000_000);
        new Mending(assignment, new Dice(8)).mend();
        assertThat(assignment.lacking()).isZero();
        assertThat(new Referee(instance, before).violations(assignment.copy())).noneMatch(it -> it.contains("depends") || it.contains("locations"));
        assertThat(assignment.cost()).isEqualTo(new Referee(instance, before).cost(assignment.copy()));
    }

    @Test
    void thoseThatAreAwayAreThoseThatAreNotWhereTheyWere() throws IOException {
        var instance = Instance.parse("model_a1_3", read("model_a1_3"));
        var before = instance.assignment("assignment_a1_3", read("assignment_a1_3"));
        var assignment = priced(instance, before, before);
        var random = Seeded.random(9);
        for (int i = 0; i < 3_000; i++) {
            int p = random.nextInt(instance.processes);
            assignment.shift(p, random.nextInt(3) == 0 ? before[p] : random.nextInt(instance.machines), Assignment.ANYTHING);
        }
        var away = IntStream.range(0, assignment.absent()).map(assignment::absentee).sorted().toArray();
        assertThat(away).isNotEmpty().containsExactly(IntStream.range(0, instance.processes).filter(p -> assignment.at[p] != before[p]).toArray());
    }

    @Test
    void thoseThatAreAlikeNeedAboutTheSame() throws IOException {
        var instance = Instance.parse("model_a2_3", read("model_a2_3"));
        var alike = new Alike(instance);
        var dice = new Dice(10);
        double found = 0;
        double nearest = 0;
        for (int p = 0; p < instance.processes; p += 40) {
            int like = alike.of(p, dice);
            assertThat(like).isNotEqualTo(p);
            found += difference(instance, p, like);
            nearest += nearest(instance, p);
        }
        assertThat(found).isLessThan(1.1 * nearest);
    }

    /** How much the 20 that are most alike differ, on average. */
    private static double nearest(Instance in, int p) {
        return IntStream.range(0, in.processes).filter(q -> q != p).mapToDouble(q -> difference(in, p, q)).sorted().limit(20).average().orElseThrow();
    }

    private static double difference(Instance in, int p, int q) {
        return IntStream.range(0, in.resources).mapToDouble(r -> Math.abs(in.requirement[p * in.resources + r] - in.requirement[q * in.resources + r])).sum();
    }

    @Test
    void aProcessWithoutOthersIsLikeItself() {
        var alone = Instance.parse("model_alone", "1  1 1  1  0 0 9 9 0  1  0 0  1  0 1 1  0  1 1 1");
        assertThat(new Alike(alone).of(0, new Dice(11))).isZero();
        assertThat(search(alone, new int[] {0}, 1, 20)).containsExactly(0);
    }

    /** SplitMix64 counts up by a constant: seeds that are as far apart as the seeds of two walks must not be neighbours in that count. */
    @Test
    void walksSideBySideDrawOtherNumbers() {
        assertThat(LongStream.range(0, 20).mapToObj(Dice::new).flatMap(dice -> Stream.generate(dice::bits).limit(200)).distinct()).hasSize(4000);
    }

    @Test
    void conflictsAreCountedForSolversThatMayMakeThem() {
        var evaluation = new Evaluation(example, new int[] {0, 3, 0}, new int[] {0, 0, 0});
        assertThat(evaluation.broken()).isPositive();
        evaluation.place(1, 3);
        assertThat(evaluation.broken()).isZero();
        assertThat(evaluation.cost()).isEqualTo(4200);
    }

    private static Assignment priced(Instance instance, int[] before, int[] after) {
        var assignment = new Assignment(instance, before, after);
        assignment.prices(7, 1000);
        return assignment;
    }

    /** The shared data lie beside the project, at {@code ../shared/data}, or where RESERVOIR_DATA says. */
    private static String read(String name) throws IOException {
        var set = name.substring(name.indexOf('_') + 1, name.indexOf('_') + 2).toUpperCase(java.util.Locale.ROOT);
        return Files.readString(data().resolve("roadef").resolve(set).resolve(name + ".txt"));
    }

    private static Path data() {
        var told = System.getenv("RESERVOIR_DATA");
        if (told != null) {
            return Path.of(told);
        }
        var here = Path.of("").toAbsolutePath();
        return IntStream.range(0, 5).mapToObj(up -> up(here, up)).filter(java.util.Objects::nonNull).map(dir -> dir.resolve("shared/data")).filter(Files::isDirectory)
                .findFirst().orElseThrow(() -> new IllegalStateException("no shared/data above %s: set RESERVOIR_DATA".formatted(here)));
    }

    private static Path up(Path from, int levels) {
        var path = from;
        for (int i = 0; i < levels && path != null; i++) {
            path = path.getParent();
        }
        return path;
    }
}
