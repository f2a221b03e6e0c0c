package org.reservoir.veem.review;

import java.util.Optional;

import org.reservoir.placement.State;
import org.reservoir.placement.policy.Goal;
import org.reservoir.placement.policy.Terms;
import org.reservoir.plugins.PluginFault;
import org.reservoir.plugins.Provided;
import org.reservoir.veem.placing.PlainTerms;

/**
 * A goal of a plug-in, for one decision: it is asked once, its numbers are copied, and every solver reads the same. One that fails counts
 * nothing in this decision, and is fenced off for the next.
 */
public final class PluggedGoal implements Goal {
    private final String name;
    private final Provided<Goal> provided;
    private Optional<Terms> said = Optional.empty();

    public PluggedGoal(String name, Provided<Goal> provided) {
        this.name = name;
        this.provided = provided;
    }

    @Override
    public synchronized Terms terms(State state) {
        if (said.isEmpty()) {
            said = Optional.of(ask(state));
        }
        return said.get();
    }

    private Terms ask(State state) {
        try {
            var answer = provided.call(goal -> PlainTerms.said(() -> PlainTerms.of(goal.terms(PlainTerms.copy(state)), state)));
            return answer.orElseLie(provided);
        } catch (PluginFault _) {
            return PlainTerms.nothing(); // it is fenced off and told by Plugins
        }
    }

    @Override
    public String name() {
        return name;
    }
}
