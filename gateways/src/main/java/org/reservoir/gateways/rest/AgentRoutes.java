package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;

import java.io.IOException;
import java.util.List;

import org.reservoir.gateways.AgentsView;

/** Agents and their keys over REST, for administrators. */
final class AgentRoutes {
    private static final String AGENTS = "/api/monitoring/v1/agents";

    private final AgentsView agents;
    private final Subjects subjects;

    AgentRoutes(AgentsView agents, Subjects subjects) {
        this.agents = agents;
        this.subjects = subjects;
    }

    List<Route> routes() {
        return List.of(
                get(AGENTS, "agent.list", "Lists the agents that may bring measurements.", x -> SiteRoutes.forAdministrator(x, agents::agents)).answers(new Shape.Many(AgentsView.Agent.class)),
                create(AGENTS, "agent.add", "Lets an agent bring measurements; its key is shown this once.", this::add).takes(AgentsView.NewAgent.class).answers(AgentsView.Added.class),
                delete(AGENTS + "/{agent}", "agent.remove", "Takes an agent's key away: it is heard no more.", this::remove));
    }

    private Answer add(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        var asked = x.body(AgentsView.NewAgent.class);
        var agent = new AgentsView.NewAgent(asked.name(), asked.host().map(host -> subjects.host(x, host)), asked.subjects().stream().map(subject -> subjects.named(x, subject)).toList());
        return Answer.of(agents.add(x.caller().user().toString(), agent));
    }

    private Answer remove(Exchange x) {
        SiteRoutes.requireAdministrator(x);
        agents.remove(x.caller().user().toString(), x.path("agent"));
        return Answer.NOTHING;
    }
}
