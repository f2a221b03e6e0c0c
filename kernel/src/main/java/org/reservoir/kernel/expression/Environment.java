package org.reservoir.kernel.expression;

import java.time.Duration;
import java.util.List;

/**
 * What an expression may ask of the world while it is evaluated. Whoever implements it answers from values it already
 * holds; types must be those declared in the {@link Vocabulary}, else the evaluation is a defect ({@link IllegalStateException}).
 */
public interface Environment {
    Result variable(String name);

    default Result aggregate(Aggregate aggregate, String series, Duration window) {
        return new Missing("there is no history of %s here".formatted(series));
    }

    /** @param arguments values of the declared types; a name comes as {@link Value.Text} */
    default Result call(String function, List<Value> arguments) {
        return new Missing("%s() is not answered here".formatted(function));
    }
}
