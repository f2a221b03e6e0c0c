package org.reservoir.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;

import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.reservoir.kernel.Refused;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/**
 * The site database; the only door to it. PostgreSQL 14 or newer, the same SQL everywhere.
 *
 * <p>A transaction that meets a serialization failure, a deadlock or a connection that broke before the commit is begun again,
 * a bounded number of times; its body must therefore do nothing that cannot be done twice. Time comes from the clock given at
 * the opening, so tests and simulations drive it.
 */
public final class SiteDatabase implements AutoCloseable {
    private static final int TRIES = 6;

    private final HikariDataSource pool;
    private final Optional<ManagedPostgres> server;
    private final Jdbi jdbi;
    private final InstantSource clock;
    private final WorkQueue work;
    private final Outbox outbox;

    private SiteDatabase(HikariDataSource pool, Optional<ManagedPostgres> server, InstantSource clock) {
        this.pool = pool;
        this.server = server;
        this.jdbi = Jdbi.create(pool);
        this.clock = clock;
        this.work = new WorkQueue(this, clock);
        this.outbox = new Outbox(this);
    }

    /**
     * Starts the database where the site runs it itself, connects, and brings the tables up to date.
     *
     * @param migrations class path folders, one per room, each with its {@code V<room>_<number>__title.sql} files
     * @throws Refused {@code DATABASE_UNAVAILABLE}, {@code DATABASE_IN_USE}, {@code DATABASE_NOT_STARTED}
     */
    public static SiteDatabase open(DatabaseSettings settings, List<String> migrations, InstantSource clock) {
        var server = settings instanceof DatabaseSettings.Managed managed ? Optional.of(ManagedPostgres.start(managed)) : Optional.<ManagedPostgres>empty();
        try {
            var pool = connect(settings, server);
            try {
                Flyway.configure(SiteDatabase.class.getClassLoader()).dataSource(pool).locations(migrations.stream().map(m -> "classpath:" + m).toArray(String[]::new))
                        .outOfOrder(true).defaultSchema("public").table("schema_history").load().migrate();
                return new SiteDatabase(pool, server, clock);
            } catch (RuntimeException failure) {
                pool.close();
                throw failure;
            }
        } catch (RuntimeException failure) {
            server.ifPresent(ManagedPostgres::close);
            throw failure;
        }
    }

    private static HikariDataSource connect(DatabaseSettings settings, Optional<ManagedPostgres> server) {
        var config = pool(settings.connections());
        switch (settings) {
            case DatabaseSettings.Managed _ -> {
                config.setJdbcUrl("jdbc:postgresql://localhost/postgres");
                config.setUsername(Cluster.OWNER);
                config.addDataSourceProperty("socketFactory", UnixSocketFactory.class.getName());
                config.addDataSourceProperty("socketFactoryArg", server.orElseThrow().socket().toString());
            }
            case DatabaseSettings.External(var url, var user, var password, _, _) -> {
                config.setJdbcUrl(url);
                config.setUsername(user);
                config.setPassword(password);
            }
        }
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException failure) {
            throw Refused.unavailable("DATABASE_UNAVAILABLE", "The site database cannot be reached: " + reason(failure), "Check that PostgreSQL runs there and that the user may connect.");
        }
    }

    private static HikariConfig pool(int connections) {
        var config = new HikariConfig();
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(10_000);
        config.setInitializationFailTimeout(10_000);
        config.setPoolName("site-database");
        config.addDataSourceProperty("prepareThreshold", "3");
        config.addDataSourceProperty("ApplicationName", "reservoir");
        config.addDataSourceProperty("socketTimeout", "120");
        return config;
    }

    /** Runs {@code body} in a transaction of level READ COMMITTED and gives what it gives. */
    public <T> T transact(Function<Transaction, T> body) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(body);
            } catch (RuntimeException failure) {
                if (attempt == TRIES || !passing(failure)) {
                    throw unavailable(failure);
                }
                pause(attempt);
            }
        }
    }

    private <T> T once(Function<Transaction, T> body) {
        var seen = new Transaction[1];
        T result = jdbi.inTransaction(handle -> {
            seen[0] = new Transaction(handle, clock.instant());
            return body.apply(seen[0]);
        });
        if (seen[0].told()) {
            outbox.news();
        }
        if (seen[0].busy()) {
            work.news();
        }
        return result;
    }

    public void run(Consumer<Transaction> body) {
        transact(transaction -> {
            body.accept(transaction);
            return true;
        });
    }

    /** Runs queries; each sees what was committed before it. */
    public <T> T read(Function<Handle, T> query) {
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.withHandle(query::apply);
            } catch (RuntimeException failure) {
                if (attempt == TRIES || !passing(failure)) {
                    throw unavailable(failure);
                }
                pause(attempt);
            }
        }
    }

    public WorkQueue work() {
        return work;
    }

    public Outbox outbox() {
        return outbox;
    }

    private static boolean passing(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                var state = sql.getSQLState();
                return state.equals("40001") || state.equals("40P01") || state.startsWith("08") || state.equals("57P01") || state.equals("57P02") || state.equals("57P03");
            }
        }
        return false;
    }

    private static RuntimeException unavailable(RuntimeException failure) {
        return passing(failure) ? Refused.unavailable("DATABASE_UNAVAILABLE", "The site database does not answer: " + reason(failure), "Try again in a moment.") : failure;
    }

    private static String reason(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(Duration.ofMillis(10L * (1L << attempt) + ThreadLocalRandom.current().nextInt(20)));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        pool.close();
        server.ifPresent(ManagedPostgres::close);
    }
}
