package org.reservoir.store;

import java.sql.SQLException;

/** An SQL failure on its way to {@link SiteDatabase}, which retries it or turns it into what the caller should see. */
final class DatabaseFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    DatabaseFailure(SQLException cause) {
        super(cause.getMessage(), cause);
    }
}
