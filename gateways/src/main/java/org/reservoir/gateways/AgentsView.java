package org.reservoir.gateways;

import java.time.Instant;
import java.util.List;

/** Who may bring measurements to this site: agents on hosts, each with a key of its own. */
public interface AgentsView {
    /** @param number with which the ids of its sources begin @param by who added it */
    record Agent(String name, String number, Instant added, String by) {}

    record NewAgent(String name) {}

    /** @param key shown this once */
    record Added(String name, String number, String key) {}

    List<Agent> agents();

    /** @throws org.reservoir.kernel.Refused {@code AGENT_EXISTS}, {@code BAD_NAME}, {@code NO_AGENTS_HEARD} */
    Added add(String by, String name);

    /** Ends its voice at once. @throws org.reservoir.kernel.Refused {@code NO_SUCH_AGENT} */
    void remove(String by, String name);
}
