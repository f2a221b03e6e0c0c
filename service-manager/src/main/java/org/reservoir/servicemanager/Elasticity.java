package org.reservoir.servicemanager;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Decides how many replicas a component is to have: the only code that does, for the running service and whatever simulates one.
 * Reads no clock, remembers nothing.
 *
 * <p>Per rule: with the KPI's windowed total per replica above quota × (1 + tolerance) it wants more, below quota × (1 − tolerance)
 * fewer, both times {@code ceil(total / quota)}. At a constant load such a target is final, so nothing flaps. Of several rules the one
 * that wants most decides, and as long as one of them has too little data, the component does not shrink.
 */
final class Elasticity {
    /** A window is not judged before so much of it has been measured. */
    static final double LEAST_COVERAGE = 0.8;

    private Elasticity() {}

    /** How a component stands. @param changed when its replicas were last changed, by whomever */
    record Standing(int least, int most, int wanted, Optional<Instant> changed) {}

    /** Empty when there are no rules. */
    static Optional<Verdict> decide(Standing standing, List<ElasticRule> rules, Function<ElasticRule, Window> windows, Instant now) {
        var verdicts = rules.stream().map(rule -> decide(standing, rule, windows.apply(rule), now)).toList();
        var chosen = verdicts.stream().reduce((one, other) -> other.to() > one.to() ? other : one);
        var blind = verdicts.stream().filter(verdict -> verdict.kind() == Verdict.Kind.NO_DATA).findFirst();
        return chosen.filter(verdict -> verdict.kind() == Verdict.Kind.DOWN).isPresent() && blind.isPresent() ? blind : chosen;
    }

    private static Verdict decide(Standing standing, ElasticRule rule, Window window, Instant now) {
        var inputs = inputs(standing, rule, window);
        int wanted = standing.wanted();
        if (window.total().isEmpty() || window.coverage() < LEAST_COVERAGE) {
            return new Verdict(Verdict.Kind.NO_DATA, rule.name(), wanted, wanted, inputs, rule.figure().map(_ -> "%s is not known of any replica: too little of its time is measured"
                    .formatted(rule.kpi())).orElse("only %.0f %% of the window of %s are measured".formatted(window.coverage() * 100, rule.window())));
        }
        double total = window.total().getAsDouble();
        int target = rule.target(total);
        if (target == wanted || !outside(rule, total, wanted)) {
            return new Verdict(Verdict.Kind.STAY, rule.name(), wanted, wanted, inputs, "%s per replica is within %s to %s, or %d replicas are right for it"
                    .formatted(perReplica(total, wanted), rule.lowerEdge().toPlainString(), rule.upperEdge().toPlainString(), wanted));
        }
        if (target < wanted && window.least() < LEAST_COVERAGE) {
            return new Verdict(Verdict.Kind.NO_DATA, rule.name(), wanted, wanted, inputs, "%d replicas would do, but not all of them are heard: of one only %.0f %% of the window"
                    .formatted(target, window.least() * 100));
        }
        return target > wanted ? grow(standing, rule, target, now, inputs) : shrink(standing, rule, target, now, inputs);
    }

    private static boolean outside(ElasticRule rule, double total, int replicas) {
        if (replicas == 0) {
            return total > 0;
        }
        var each = BigDecimal.valueOf(total / replicas);
        return each.compareTo(rule.upperEdge()) > 0 || each.compareTo(rule.lowerEdge()) < 0;
    }

    private static Verdict grow(Standing standing, ElasticRule rule, int target, Instant now, Map<String, String> inputs) {
        int wanted = standing.wanted();
        int step = Math.max(1, (int) ((long) wanted * rule.upPercent() / 100));
        int to = Math.min(standing.most(), (int) Math.min(target, (long) wanted + step));
        return verdict(Verdict.Kind.UP, standing, rule, Math.max(wanted, to), cooling(standing, rule.cooldownUp(), now), target, inputs);
    }

    private static Verdict shrink(Standing standing, ElasticRule rule, int target, Instant now, Map<String, String> inputs) {
        int wanted = standing.wanted();
        int step = Math.max(1, (int) ((long) wanted * rule.downPercent() / 100));
        int to = Math.max(standing.least(), Math.max(target, wanted - step));
        return verdict(Verdict.Kind.DOWN, standing, rule, Math.min(wanted, to), cooling(standing, rule.cooldownDown(), now), target, inputs);
    }

    private static Verdict verdict(Verdict.Kind kind, Standing standing, ElasticRule rule, int to, Optional<Duration> cooling, int target, Map<String, String> inputs) {
        int wanted = standing.wanted();
        if (to == wanted) {
            return new Verdict(Verdict.Kind.BOUND, rule.name(), wanted, wanted, inputs, "%d replicas would be right, %d to %d are allowed"
                    .formatted(target, standing.least(), standing.most()));
        }
        if (cooling.isPresent()) {
            return new Verdict(Verdict.Kind.COOLDOWN, rule.name(), wanted, wanted, inputs, "%d replicas would be right, but the last change is fresh for another %ds"
                    .formatted(target, Math.max(1, cooling.get().toSeconds())));
        }
        return new Verdict(kind, rule.name(), wanted, to, inputs, "%d replicas are right for a total of %s".formatted(target, inputs.get("total")));
    }

    private static Optional<Duration> cooling(Standing standing, Duration cooldown, Instant now) {
        return standing.changed().map(changed -> Duration.between(now, changed.plus(cooldown))).filter(Duration::isPositive);
    }

    private static String perReplica(double total, int replicas) {
        return replicas == 0 ? "nothing" : figure(total / replicas);
    }

    private static Map<String, String> inputs(Standing standing, ElasticRule rule, Window window) {
        var inputs = new TreeMap<String, String>();
        inputs.put("kpi", rule.kpi());
        if (rule.figure().isEmpty()) {
            inputs.put("window", rule.window().toString()); // a figure says its own
        }
        inputs.put("coverage", "%.2f".formatted(window.coverage()));
        inputs.put("least coverage", "%.2f".formatted(window.least()));
        inputs.put("replicas", String.valueOf(standing.wanted()));
        inputs.put("quota", rule.quota().toPlainString());
        inputs.put("tolerance", rule.tolerance().toPlainString());
        window.total().ifPresent(total -> inputs.put("total", figure(total)));
        return inputs;
    }

    private static String figure(double value) {
        return BigDecimal.valueOf(value).setScale(3, java.math.RoundingMode.HALF_EVEN).stripTrailingZeros().toPlainString();
    }
}
