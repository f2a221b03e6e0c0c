package org.reservoir.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;

import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.postgresql.PGStatement;

/**
 * Has PostgreSQL plan a query each time it is asked. A statement that is asked often is planned once and for all connections' lives otherwise (PostgreSQL's manual, PREPARE); one that looks for few rows of a table
 * which was empty then goes on reading all of it when it has grown. Worth a plan, some 0.05 ms, where a table may grow from nothing to a hundred thousand rows within minutes.
 */
public final class PlannedAnew implements StatementCustomizer {
    @Override
    public void beforeExecution(PreparedStatement statement, StatementContext context) throws SQLException {
        each(statement);
    }

    /** Has each execution of {@code statement} planned. */
    public static void each(PreparedStatement statement) throws SQLException {
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
    }
}
