package org.reservoir.plugins;

import java.time.Instant;
import java.util.List;

/**
 * A jar in the folder, as people are shown it.
 *
 * @param name     of the file, without {@code .jar}
 * @param signer   fingerprint of the certificate that signed it; empty when it was refused
 * @param provides interface and class of each thing it provides, such as {@code Goal com.example.Cheapest}
 * @param why      it is not in force; empty when it is
 * @param since    it is in this state
 */
public record Plugin(String name, State state, String signer, List<String> provides, String why, Instant since) {
    /** What is the matter with it. */
    public enum State {
        /** It is used. */ IN_FORCE,
        /** It was never used: unsigned, unreadable, reaching too far or failing its trial. */ REFUSED,
        /** It was used until it misbehaved; a new jar of that name is looked at afresh. */ FENCED
    }

    public Plugin {
        provides = List.copyOf(provides);
    }

    Plugin now(State state, String why, Instant since) {
        return new Plugin(name, state, signer, provides, why, since);
    }
}
