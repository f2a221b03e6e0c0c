package org.reservoir.gateways.rest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/** How many streams of server-sent events are open at the same time: of all, and of one user. */
final class OpenStreams {
    private final Semaphore streams;
    private final int mostOfOneUser;
    private final Map<UserId, Integer> ofUser = new ConcurrentHashMap<>();

    OpenStreams(int most) {
        streams = new Semaphore(most);
        mostOfOneUser = Math.max(10, most / 10);
    }

    /** @throws Refused {@code TOO_MANY_STREAMS} */
    void enter(UserId user) {
        if (ofUser.merge(user, 1, Integer::sum) > mostOfOneUser || !streams.tryAcquire()) {
            forget(user);
            throw Refused.exhausted("TOO_MANY_STREAMS", "This site server streams events to as many as it can.", "Try again later.");
        }
    }

    void leave(UserId user) {
        streams.release();
        forget(user);
    }

    private void forget(UserId user) {
        ofUser.computeIfPresent(user, (_, count) -> count == 1 ? null : count - 1);
    }
}
