package org.reservoir.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.reservoir.kernel.expression.Environment;

/** Asks every host what it has against a demand, slowly and in words. */
final class Objections {
    private final State state;

    Objections(State state) {
        this.state = state;
    }

    /** For each host all it has to say; an empty list from a host that would take the demand. */
    List<List<Objection>> of(Demand demand) {
        var rules = state.rules.of(state.groups.of(demand));
        return IntStream.range(0, state.hosts.size()).mapToObj(host -> of(demand, rules, host)).toList();
    }

    static double effort(List<Objection> objections) {
        return objections.stream().mapToDouble(Objection::effort).sum();
    }

    List<Objection> of(Demand demand, Rule[] rules, int host) {
        var objections = new ArrayList<Objection>();
        var view = state.hosts.get(host);
        if (!state.usable[host]) {
            objections.add(new Objection(view.id(), "usable", view.name() + " takes no new VEEs", "enable " + view.name(), 0.5));
        }
        requirements(demand, host, objections);
        for (int r = 0; r < state.resources.size(); r++) {
            capacity(demand, host, r, objections);
        }
        for (var rule : rules) {
            if (rule.excludes(host, host)) {
                objections.add(rule.objection(host));
            }
        }
        return objections;
    }

    private void requirements(Demand demand, int host, List<Objection> objections) {
        var words = new HostWords(state);
        Environment environment = word -> words.value(word, host);
        demand.requirements().filter(condition -> !condition.holds(environment)).ifPresent(condition -> {
            var view = state.hosts.get(host);
            objections.add(new Objection(view.id(), "requirements", "%s: %s".formatted(view.name(), String.join("; ", condition.explain(environment))),
                    "relax the requirements of VEE %d, or give %s what they ask for".formatted(demand.id(), view.name()), 3));
        });
    }

    private void capacity(Demand demand, int host, int r, List<Objection> objections) {
        var resource = state.resources.get(r);
        var view = state.hosts.get(host);
        long asked = demand.amounts().at(r);
        long free = state.free(host, r);
        if (asked == 0 || asked <= free) {
            return;
        }
        var left = free >= 0 ? "has %s of %s left".formatted(resource.written(free), resource.name())
                : "is promised %s of %s too much already".formatted(resource.written(-free), resource.name());
        double effort = (double) (asked - free) / Math.max(1, view.promised(r));
        long all = view.promised(r);
        var change = asked <= all ? "free %s of %s on %s".formatted(resource.written(asked - free), resource.name(), view.name())
                : "ask for less, or add a host that has %s of %s: %s has %s in all".formatted(resource.written(asked), resource.name(), view.name(), resource.written(all));
        objections.add(new Objection(view.id(), resource.name(), "%s %s, %s is asked for".formatted(view.name(), left, resource.written(asked)), change, effort));
    }
}
