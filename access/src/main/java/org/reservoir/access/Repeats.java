package org.reservoir.access;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.UserId;

/**
 * Requests that make something, under the key that their sender gave them, so that one who does not know whether a request arrived may send it again:
 * to whichever server of the site, also after a restart. They are kept for {@link #LIFE}.
 */
public interface Repeats {
    Duration LIFE = Duration.ofHours(24);

    /**
     * @param request what was asked for, as a digest
     * @param answer  empty while it is under way, and for ever when its server ended in the middle
     */
    record Kept(ByteBuffer request, Instant begun, Optional<Answer> answer) {}

    /** @param body empty when it was not kept */
    record Answer(int status, Map<String, String> headers, Optional<String> body) {
        public Answer {
            headers = Map.copyOf(headers);
        }
    }

    /** Notes that the request begins; gives what is kept of the one before, when there is one. Of several at the same time one begins. */
    Optional<Kept> begin(UserId user, String key, ByteBuffer request);

    void answered(UserId user, String key, Answer answer);

    /** It came to nothing and may be tried again. */
    void forget(UserId user, String key);
}
