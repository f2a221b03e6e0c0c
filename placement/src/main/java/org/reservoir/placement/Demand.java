package org.reservoir.placement;

import java.util.Optional;
import java.util.Set;
import org.reservoir.kernel.expression.Expression;

/**
 * A VEE that wants a place.
 *
 * @param id           of the VEE
 * @param amounts      what it takes of each resource
 * @param requirements over a host's words ({@link HostWords}); only hosts for which it is known to be true come into question
 * @param rank         over a host's words; the host with the most is chosen. Overrides the policy's rank
 * @param groups       names that {@link Constraint}s speak of
 */
public record Demand(long id, Amounts amounts, Optional<Expression> requirements, Optional<Expression> rank, Set<String> groups) {
    public Demand {
        groups = Set.copyOf(groups);
    }

    public static Demand of(long id, Amounts amounts, String... groups) {
        return new Demand(id, amounts, Optional.empty(), Optional.empty(), Set.of(groups));
    }

    public Demand requiring(Expression condition) {
        return new Demand(id, amounts, Optional.of(condition), rank, groups);
    }

    public Demand ranking(Expression number) {
        return new Demand(id, amounts, requirements, Optional.of(number), groups);
    }
}
