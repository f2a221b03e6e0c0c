package org.reservoir.gateways;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Who may bring measurements to this site: agents on hosts, each with a key of its own. */
public interface AgentsView {
    /**
     * @param number  with which the ids of its sources begin
     * @param tells   subjects that it may tell of; of a host, also the VEEs that are on it
     * @param refused measurements of other subjects that it brought, since the server that is asked began
     * @param by      who added it
     * @param problem why nothing that it brings is taken, and what to do
     */
    record Agent(String name, String number, List<String> tells, long refused, Instant added, String by, Optional<String> problem) {
        public Agent {
            tells = List.copyOf(tells);
        }
    }

    /** @param host of which it may tell, and of the VEEs on it, by id or name; when neither it nor subjects are said, the agent's name must be a host's id @param subjects others, such as service-1 or service/NAME */
    record NewAgent(String name, Optional<String> host, List<String> subjects) {
        public NewAgent {
            subjects = subjects == null ? List.of() : List.copyOf(subjects); // left out in JSON
        }
    }

    /** @param key shown this once */
    record Added(String name, String number, String key) {}

    List<Agent> agents();

    /** @throws org.reservoir.kernel.Refused {@code AGENT_EXISTS}, {@code BAD_NAME}, {@code AGENT_OF_NOTHING}, {@code BAD_SUBJECT}, {@code NO_AGENTS_HEARD} */
    Added add(String by, NewAgent agent);

    /** Ends its voice at once. @throws org.reservoir.kernel.Refused {@code NO_SUCH_AGENT} */
    void remove(String by, String name);
}
