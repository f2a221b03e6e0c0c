package org.reservoir.veem;

import java.time.Instant;
import java.time.InstantSource;

import org.reservoir.veeh.simulated.Call;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;

/**
 * Where a site server may die, in simulation. What outlives a server are the database and the hosts, and both change only by
 * transactions and by calls to hosts. So every place where a server can be killed is as good as one of these: as a transaction
 * begins (whatever of it was not committed is gone), before a call to a host, or while one is under way — done, half done, or done
 * only later, with an answer that nobody hears. Each is counted; at a chosen one the server is dead: nothing it does afterwards
 * reaches database or hosts.
 */
final class CrashPoints implements Faults, InstantSource {
    /** Ends whatever the dead server was doing; an error, so that nothing takes it for a failure of a host. */
    static final class Crash extends Error {
        Crash() {
            super("kill -9", null, false, false);
        }
    }

    /** How a call to a host ends that is under way when the server dies. */
    enum Moment {
        BEFORE, DONE, HALF_DONE, LATE
    }

    private final InstantSource clock;
    private final Runnable afterEvery;
    private Faults weather = Faults.NONE;
    private long events;
    private long crashAt = Long.MAX_VALUE;
    private Moment moment = Moment.BEFORE;
    private boolean dead;
    private int struck;

    /** @param afterEvery called at every event, to see whether all is as it must be */
    CrashPoints(InstantSource clock, Runnable afterEvery) {
        this.clock = clock;
        this.afterEvery = afterEvery;
    }

    /** The server dies at the {@code count}th event from now. */
    void arm(long count, Moment how) {
        crashAt = events + count;
        moment = how;
    }

    /** No crash is to come, and what runs now is a new server. */
    void revive() {
        crashAt = Long.MAX_VALUE;
        dead = false;
    }

    void weather(Faults next) {
        weather = next;
    }

    boolean dead() {
        return dead;
    }

    int struck() {
        return struck;
    }

    /** The site database asks for the time as a transaction begins. */
    @Override
    public Instant instant() {
        if (reached()) {
            throw new Crash();
        }
        return clock.instant();
    }

    @Override
    public Fault strike(Call call) {
        if (!reached()) {
            return weather.strike(call);
        }
        return switch (moment) {
            case BEFORE -> throw new Crash();
            case DONE -> Fault.TIMED_OUT_DONE;
            case HALF_DONE -> Fault.HALF_DONE;
            case LATE -> Fault.TIMED_OUT_LATE;
        };
    }

    private boolean reached() {
        if (dead) {
            throw new Crash();
        }
        afterEvery.run();
        dead = ++events == crashAt;
        struck += dead ? 1 : 0;
        return dead;
    }
}
