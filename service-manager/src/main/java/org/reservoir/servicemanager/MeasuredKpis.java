package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Value;
import org.reservoir.monitoring.Figures;
import org.reservoir.monitoring.MeasuredEnvironment;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.Total;

/** Windows from the site's own measurements; what they cost does not grow with their length. */
public final class MeasuredKpis implements KpiWindows {
    private final Measurements measurements;

    public MeasuredKpis(Measurements measurements) {
        this.measurements = measurements;
    }

    @Override
    public Window of(ServiceId service, List<String> components, String kpi, Duration length, Instant now) {
        return components.stream().map(component -> measurements.total(service, component, kpi, length, now)).filter(total -> total.value().isPresent()).findFirst()
                .map(MeasuredKpis::window).orElseGet(() -> ofService(service, kpi, length, now));
    }

    @Override
    public Window figure(ServiceId service, List<String> components, Expression figure, Instant now) {
        return components.stream().map(component -> figure(measurements.replicas(service, component).stream().map(Subject::of).toList(), figure, now))
                .filter(window -> window.total().isPresent()).findFirst().orElseGet(() -> figure(List.of(Subject.of(service)), figure, now));
    }

    /** A figure is known or not; what is not is never taken for 0. */
    private Window figure(List<Subject> tellers, Expression figure, Instant now) {
        var known = tellers.stream().map(teller -> figure.evaluate(new MeasuredEnvironment(measurements, teller, now)))
                .flatMapToDouble(result -> result instanceof Value.Amount(var value, _) ? DoubleStream.of(value.doubleValue()) : DoubleStream.empty()).toArray();
        return known.length == 0 ? Window.EMPTY : new Window(OptionalDouble.of(DoubleStream.of(known).sum()), 1, known.length == tellers.size() ? 1 : 0);
    }

    private static Window window(Total total) {
        var longest = total.replicas().values().stream().mapToDouble(Figures::coverage).max().orElse(0);
        return new Window(total.value(), Math.min(1, longest), Math.min(1, total.leastCoverage()));
    }

    private Window ofService(ServiceId service, String kpi, Duration length, Instant now) {
        var figures = measurements.figures(Subject.of(service), kpi, length, now);
        return new Window(figures.mean(), Math.min(1, figures.coverage()), Math.min(1, figures.coverage()));
    }
}
