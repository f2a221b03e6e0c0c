package org.reservoir.store;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.reservoir.kernel.Refused;

/** The tries of one transaction: which failures deserve another, and for how long. */
final class Trial {
    private static final int MOST = 40;
    /** SQLSTATE of PostgreSQL's errcodes, class 53. */
    private static final String DISK_FULL = "53100";

    private final long end;
    private int tries;
    private boolean committing;

    Trial(Duration patience) {
        this.end = System.nanoTime() + patience.toNanos();
    }

    void committing() {
        committing = true;
    }

    /** Returns, after a pause, when the transaction should run again; throws what the caller should see otherwise. */
    void again(RuntimeException failure) {
        var sql = sqlCause(failure);
        if (sql == null) {
            throw failure;
        }
        boolean wasCommitting = committing;
        committing = false;
        var state = sql.getSQLState() == null ? "" : sql.getSQLState();
        boolean conflict = state.equals("40001") || state.equals("40P01");
        boolean away = sql instanceof SQLTransientConnectionException || state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
        if (away && wasCommitting) {
            throw refused("DATABASE_COMMIT_UNKNOWN", "the connection to the database broke during a commit: it may or may not have happened", "look at the present state, then try again", failure);
        }
        if (state.equals(DISK_FULL)) {
            throw refused("DATABASE_FULL", "the disk of the site database is full: nothing can be written, what is there can be read", "make room on that disk, then try again", failure);
        }
        if (!conflict && !away) {
            throw failure;
        }
        if (++tries >= MOST || System.nanoTime() > end) {
            throw refused("DATABASE_UNAVAILABLE", "the site database did not take this after %d tries: %s".formatted(tries, sql.getMessage()), "try again in a while", failure);
        }
        pause(conflict ? 2L << Math.min(tries, 6) : 10L << Math.min(tries, 6));
    }

    private static SQLException sqlCause(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static Refused refused(String code, String message, String advice, Throwable cause) {
        return (Refused) Refused.unavailable(code, message, advice).initCause(cause);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis + ThreadLocalRandom.current().nextLong(millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("DATABASE_UNAVAILABLE", "interrupted while waiting for the database", "");
        }
    }
}
