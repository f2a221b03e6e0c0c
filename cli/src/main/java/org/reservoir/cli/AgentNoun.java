package org.reservoir.cli;

import java.util.List;
import java.util.Map;

/** Agents on hosts, and their keys. */
final class AgentNoun {
    private static final String AGENTS = "/api/monitoring/v1/agents";

    private AgentNoun() {}

    static Noun noun() {
        return Noun.of("agent", "Agents on hosts that may bring measurements, each with a key of its own; for administrators.", () -> List.of(
                Verb.of("list", "List them; whether they are heard, 'source list' tells.", Call.table(AGENTS, "NAME", "NUMBER", "TELLS", "REFUSED", "ADDED=added:age", "BY", "PROBLEM")),
                Verb.of("add", "Let an agent bring measurements; its key is printed this once.", AgentNoun::add).arg("NAME", "What you call it, such as its host's name.")
                        .options(Opt.text("--host", "HOST", "Of which it may tell, and of the VEEs on it, by id or name; the host whose id is its name when nothing is said.", "host"),
                                Opt.texts("--subject", "SUBJECT", "Of which it may tell as well: service-1, or service/NAME and the like; may be repeated.", "subjects"))
                        .example("agent add host-3 > agent.key").example("agent add queues --subject service-1 > agent.key"),
                Verb.of("remove", "Take an agent's key away: it is heard no more.", Call.send("DELETE", AGENTS + "/{NAME}").hint("Removed.")).arg("NAME", "Which.")));
    }

    private static void add(Invocation call) {
        issued(call, call.site().send("POST", AGENTS, Map.of(), Json.write(call.body(Map.of("NAME", "name")), false)),
                "Keep it now, in a file that only the agent may read (chmod 600): it is not shown again. Run the agent with: bin/agent --key FILE ...");
    }

    /** Prints a key alone, so that it can be sent into a file. */
    static void issued(Invocation call, Object issued, String hint) {
        if (call.forPeople()) {
            call.terminal().out().println(Json.text(issued, "key"));
            call.hint(hint);
        } else {
            call.output().one(issued);
        }
    }
}
