package org.reservoir.monitoring;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.function.Function;

import org.reservoir.kernel.expression.Dimension;
import org.reservoir.kernel.expression.Environment;
import org.reservoir.kernel.expression.Missing;
import org.reservoir.kernel.expression.Result;
import org.reservoir.kernel.expression.Value;

/**
 * The shared expression language over what is measured of one subject: {@code avg(sessions, 60s) > 400}. A window of which less than
 * {@link #LEAST_COVERAGE} is measured has no value but for {@code count} and {@code last}, so a rule neither holds nor fails on silence. All but
 * percentiles cost the same however many samples the window has. What is missing is told without format strings: of silent series that is all there is
 * to do, each second for each rule.
 */
public final class MeasuredEnvironment implements Environment {
    public static final double LEAST_COVERAGE = 0.8;

    private final Measurements measurements;
    private final Subject subject;
    private final Instant now;
    private final Function<String, Dimension> dimensions;

    /** All series count something. */
    public MeasuredEnvironment(Measurements measurements, Subject subject, Instant now) {
        this(measurements, subject, now, _ -> Dimension.COUNT);
    }

    /** @param dimensions of series, as the expression's vocabulary has them */
    public MeasuredEnvironment(Measurements measurements, Subject subject, Instant now, Function<String, Dimension> dimensions) {
        this.measurements = measurements;
        this.subject = subject;
        this.now = now;
        this.dimensions = dimensions;
    }

    @Override
    public Result variable(String name) {
        return new Missing("%s is not measured over a time".formatted(name));
    }

    @Override
    public Result aggregate(org.reservoir.kernel.expression.Aggregate aggregate, String series, Duration window) {
        var own = own(aggregate);
        var figures = measurements.figures(subject, series, window, now);
        if (own != Aggregate.COUNT && own != Aggregate.LAST && figures.coverage() < LEAST_COVERAGE) {
            return new Missing("only " + Math.round(figures.coverage() * 100) + " % of the last " + window.toSeconds() + " s of " + series + " are measured");
        }
        var value = own.isIncremental() ? figures.of(own) : own.of(measurements.window(subject, series, window, now));
        return value.isEmpty() ? new Missing("no sample of " + series + " in the last " + window.toSeconds() + " s") : amount(value, dimension(aggregate, series));
    }

    private static Result amount(OptionalDouble value, Dimension dimension) {
        return new Value.Amount(BigDecimal.valueOf(value.getAsDouble()), dimension);
    }

    private Dimension dimension(org.reservoir.kernel.expression.Aggregate aggregate, String series) {
        return aggregate.of(dimensions.apply(series));
    }

    private static Aggregate own(org.reservoir.kernel.expression.Aggregate aggregate) {
        return aggregate == org.reservoir.kernel.expression.Aggregate.AVG ? Aggregate.MEAN : Aggregate.valueOf(aggregate.name());
    }
}
