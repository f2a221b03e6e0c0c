package org.reservoir.placement.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What Haizea 1.1 itself made of its test workloads, against what we make of them. */
class OracleTest {
    private static final Pattern RESULT = Pattern.compile("(\\d+) (.+) submit .* end (\\S+ ?\\S*) nodes \\d+");
    private static final Pattern EVENT = Pattern.compile("\\[(.{19})\\.00] \\S+\\s+(Started VMs|Stopped VMs|Resumed|Suspending)(?: for)? lease (\\d+).*");

    @TestFactory
    Stream<DynamicTest> everyLeaseEndsAsItDidInHaizeaAndAtTheSameTime() throws IOException {
        var oracles = Files.list(HaizeaData.of("oracle")).sorted().toList();
        assertThat(oracles).hasSizeGreaterThanOrEqualTo(28);
        return oracles.stream().map(oracle -> DynamicTest.dynamicTest(oracle.getFileName().toString(), () -> compare(oracle)));
    }

    private static void compare(Path oracle) throws IOException {
        var lines = Files.readAllLines(oracle);
        var outcome = outcome(lines.getFirst());
        var states = new TreeMap<Long, String>();
        lines.stream().map(RESULT::matcher).filter(java.util.regex.Matcher::matches)
                .forEach(result -> states.put(Long.parseLong(result.group(1)), result.group(2) + " " + (result.group(3).startsWith("None") ? "" : HaizeaData.time(result.group(3)))));
        var ours = new TreeMap<Long, String>();
        outcome.results().forEach(result -> ours.put(result.request().id(),
                result.state().label() + " " + (result.state() == LeaseState.DONE ? Long.toString(result.end().getAsLong()) : "")));
        assertThat(states).isNotEmpty();
        assertThat(ours).isEqualTo(states);
        assertThat(events(outcome)).containsExactlyInAnyOrderElementsOf(lines.stream().map(EVENT::matcher).filter(java.util.regex.Matcher::matches)
                .map(event -> "%d %s %s".formatted(HaizeaData.time(event.group(1)), event.group(2).split(" ")[0], event.group(3))).toList());
        assertThat(ScheduleChecker.violations(outcome)).isEmpty();
    }

    /** The oracle's first line says with which options it was run. */
    private static Outcome outcome(String head) throws IOException {
        var conf = HaizeaData.baseConfiguration();
        var words = head.split("\\s+");
        for (var word : List.of(words).subList(2, words.length)) {
            if (word.contains(".") && word.contains("=")) {
                conf = conf.with(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
            }
        }
        return Simulation.run(HaizeaData.workload(words[1]), conf.settings(), conf.policies());
    }

    private static List<String> events(Outcome outcome) {
        var first = new ArrayList<String>();
        for (var entry : outcome.log()) {
            var what = switch (entry.what()) {
                case STARTED, CONTINUED -> "Started";
                case STOPPED -> "Stopped";
                case RESUMED -> "Resumed";
                case SUSPENDING -> "Suspending";
                default -> "";
            };
            if (!what.isEmpty()) {
                first.add("%d %s %d".formatted(entry.time(), what, entry.lease()));
            }
        }
        return first;
    }

    @Test
    void everyWorkloadRunsUnderEveryBackfillingAndSuspensionWithoutBreakingARule() throws IOException {
        for (var file : Files.list(HaizeaData.of("lwf-tests")).filter(path -> path.toString().endsWith(".lwf")).sorted().toList()) {
            var workload = HaizeaData.workload(file.getFileName().toString());
            for (var backfilling : List.of("off", "aggressive", "conservative")) {
                for (var suspension : List.of("none", "serial-only", "all")) {
                    var conf = HaizeaData.baseConfiguration().with("scheduling.backfilling", backfilling).with("scheduling.suspension", suspension);
                    assertThat(ScheduleChecker.violations(Simulation.run(workload, conf.settings(), conf.policies()))).as(file + backfilling + suspension).isEmpty();
                    var deadline = conf.with("scheduling.mapper", "deadline").with("scheduling.policy-preemption", "deadline");
                    assertThat(ScheduleChecker.violations(Simulation.run(workload, deadline.settings(), deadline.policies()))).as(file + backfilling + suspension).isEmpty();
                }
            }
        }
    }

    @Test
    void annotationsChangeWhatHaizeasTestSaysTheyChange() throws IOException {
        var workload = HaizeaData.workload("preemption.lwf");
        try (var in = Files.newInputStream(HaizeaData.of("lwf-tests/annotations1.lwfa"))) {
            var changed = Annotations.read(in).applyTo(workload).requests();
            assertThat(changed.get(0).start()).isEqualTo(new LeaseRequest.Start.At(HaizeaData.START + 36_000));
            assertThat(changed.get(0).deadline()).hasValue(HaizeaData.START + 72_000);
            assertThat(changed.get(0).extras()).containsEntry("one", "1").containsEntry("two", "2").doesNotContainKey("disk-image");
            assertThat(changed.get(1).kind()).isEqualTo(LeaseKind.BEST_EFFORT);
            assertThat(changed.get(1).extras()).containsEntry("disk-image", "annotation.img").containsEntry("disk-image-size", "4096").containsEntry("four", "4");
        }
        try (var in = Files.newInputStream(HaizeaData.of("lwf-tests/annotations2.lwfa"))) {
            var changed = Annotations.read(in).applyTo(workload);
            assertThat(changed.requests().get(0).start()).isEqualTo(new LeaseRequest.Start.At(HaizeaData.START + 3600));
            assertThat(changed.requests().get(1).start()).isEqualTo(new LeaseRequest.Start.At(HaizeaData.START + 8100));
            var outcome = Simulation.run(changed, LeaseSettings.USUAL, LeasePolicies.USUAL);
            assertThat(outcome.count(LeaseState.DONE)).isEqualTo(2);
        }
    }
}
