package org.reservoir.store;

import java.sql.SQLException;

/** A statement that the database did not take; {@link #getCause()} says why. */
public final class DatabaseTrouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DatabaseTrouble(SQLException cause) {
        super(cause.getMessage(), cause);
    }
}
