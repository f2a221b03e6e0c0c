package org.reservoir.gateways;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.reservoir.kernel.Refused;

/** Numbers them as they come. */
final class FakeAgents implements AgentsView {
    private final TreeMap<String, Agent> agents = new TreeMap<>();

    @Override
    public synchronized List<Agent> agents() {
        return List.copyOf(agents.values());
    }

    @Override
    public synchronized Added add(String by, NewAgent agent) {
        var name = agent.name();
        if (agents.containsKey(name)) {
            throw Refused.conflict("AGENT_EXISTS", "There is an agent %s already.".formatted(name), "");
        }
        var number = "%08x".formatted(agents.size() + 1);
        agents.put(name, new Agent(name, number, tells(agent), 0, FakeVmi.NOW, by, Optional.empty()));
        return new Added(name, number, number + "-" + "ab".repeat(32));
    }

    private static List<String> tells(NewAgent agent) {
        return agent.host().isEmpty() && agent.subjects().isEmpty() ? List.of(agent.name()) : Stream.concat(agent.host().stream(), agent.subjects().stream()).toList();
    }

    @Override
    public synchronized void remove(String by, String name) {
        if (agents.remove(name) == null) {
            throw Refused.notFound("NO_SUCH_AGENT", "There is no agent %s.".formatted(name), "");
        }
    }
}
