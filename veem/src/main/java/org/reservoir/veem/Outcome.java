package org.reservoir.veem;

import java.util.Optional;

import org.reservoir.interfaces.vhi.HostFailure;

/** What came of a job at a host. */
public sealed interface Outcome {
    /** @param parts what the parts became, when the job itself found that out */
    record Done(Optional<Parts> parts) implements Outcome {
        static final Done PLAIN = new Done(Optional.empty());
    }

    /** @param attempt how often the job was tried, this time included */
    record Failed(HostFailure.Kind kind, String why, int attempt) implements Outcome {}
}
