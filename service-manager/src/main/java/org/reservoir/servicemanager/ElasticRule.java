package org.reservoir.servicemanager;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Manifest;

/**
 * An elasticity rule in force for one component: so many replicas that each has {@code quota} of the KPI's total.
 *
 * @param kpi          name of the KPI, or the figure as it is written
 * @param figure       of KPIs, to stand for the average of one over the window
 * @param tolerance    share of the quota, 0 to 1, around it in which nothing is done
 * @param every        how often it is evaluated
 * @param upPercent    at most so many per cent of the replicas more at once, one at least
 * @param downPercent  at most so many per cent fewer at once, one at least
 * @param asOne        whether the replicas that it adds at once get places all together or not at all
 * @param cooldownUp   pause after any change before it may grow again
 * @param cooldownDown pause after any change before it may shrink
 */
record ElasticRule(String name, String kpi, Optional<Expression> figure, Duration window, Duration every, BigDecimal quota, BigDecimal tolerance, int upPercent, int downPercent, boolean asOne,
                   Duration cooldownUp, Duration cooldownDown) {
    private static final BigDecimal DEFAULT_TOLERANCE = BigDecimal.TEN;
    private static final Duration SHORTEST_PERIOD = Duration.ofSeconds(1);
    private static final int DOUBLE = 100;
    private static final int ONE_BY_ONE = 1;

    /**
     * What RESERVOIR's {@code Rule} means here. Its frequency is the number of evaluations per window. Claudia's knobs, properties of the
     * component, are honoured: {@code SCALE_UP_PERCENTAGE}, {@code SCALE_DOWN_PERCENTAGE}, {@code SCALE_DOWN_LAZY_TIME} (seconds); and one of our own: with
     * {@code SCALE_UP_AS_ONE} false as many of the replicas that are added at once get places as there is room for.
     */
    static ElasticRule of(Component component, Component.Rule rule, List<Manifest.Kpi> declared) {
        var every = rule.window().dividedBy(Math.max(1, rule.frequency()));
        return new ElasticRule("%s:%s".formatted(component.id(), rule.kpi()), rule.kpi(), rule.figure(declared), rule.window(),
                every.compareTo(SHORTEST_PERIOD) < 0 ? SHORTEST_PERIOD : every, rule.quota(),
                rule.tolerance().orElse(DEFAULT_TOLERANCE).movePointLeft(2), knob(component, "SCALE_UP_PERCENTAGE").orElse(DOUBLE),
                knob(component, "SCALE_DOWN_PERCENTAGE").orElse(ONE_BY_ONE),
                component.properties().stream().noneMatch(p -> p.key().equals("SCALE_UP_AS_ONE") && p.value().equalsIgnoreCase("false")), rule.window(),
                knob(component, "SCALE_DOWN_LAZY_TIME").map(Duration::ofSeconds).orElse(rule.window().multipliedBy(3)));
    }

    private static Optional<Integer> knob(Component component, String key) {
        return component.properties().stream().filter(p -> p.key().equals(key) && p.value().matches("[0-9]{1,6}")).map(p -> Integer.valueOf(p.value())).findFirst();
    }

    /** What it was measured to be. */
    Window window(KpiWindows windows, ServiceId service, List<String> components, Instant now) {
        return figure.map(written -> windows.figure(service, components, written, now)).orElseGet(() -> windows.of(service, components, kpi, window, now));
    }

    BigDecimal upperEdge() {
        return quota.multiply(BigDecimal.ONE.add(tolerance));
    }

    BigDecimal lowerEdge() {
        return quota.multiply(BigDecimal.ONE.subtract(tolerance));
    }

    /** How many replicas a total load of {@code total} asks for. */
    int target(double total) {
        var exact = new BigDecimal(total, MathContext.DECIMAL64).divide(quota, MathContext.DECIMAL64);
        return (int) Math.clamp(Math.ceil(exact.doubleValue() - 1e-9), 0, 1_000_000);
    }

    /** As a provider reads it. */
    String text() {
        return "%s: keep %s at %s per replica, within %s %%".formatted(name, figure.map(_ -> kpi).orElse("avg(%s, %ds)".formatted(kpi, window.toSeconds())), quota.toPlainString(),
                tolerance.movePointRight(2).stripTrailingZeros().toPlainString());
    }
}
