package org.reservoir.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.reservoir.kernel.Refused;

/**
 * The site database; the only door to it. It decides how a transaction is run, retried and given up; what it does is
 * the caller's affair.
 */
public final class SiteDatabase implements AutoCloseable {
    private final Optional<ManagedPostgres> server;
    private final Pools pools;
    private final Migrations migrations;
    private final Jdbi writing;
    private final Jdbi reading;
    private final InstantSource clock;
    private final Duration patience;
    private final Bell orders = new Bell();
    private final Bell news = new Bell();
    private final Outbox outbox;
    private final WorkQueue work;
    private final Leadership leadership = new Leadership(this);

    private SiteDatabase(Optional<ManagedPostgres> server, Pools pools, Migrations migrations, InstantSource clock, Duration patience) {
        this.migrations = migrations;
        this.server = server;
        this.pools = pools;
        this.clock = clock;
        this.patience = patience;
        var parameters = new Parameters();
        this.writing = jdbi(pools.writers(), parameters);
        this.reading = jdbi(pools.readers(), parameters);
        this.outbox = new Outbox(this, TransactionNumbers.base(pools.writers()), news);
        this.work = new WorkQueue(this, clock, orders);
    }

    private static Jdbi jdbi(DataSource connections, Parameters parameters) {
        return Jdbi.create(connections).configure(SqlStatements.class, statements -> statements.setSqlParser(parameters).setTemplateEngine(TemplateEngine.NOP));
    }

    /** Opens with the machine's clock. */
    public static SiteDatabase open(DatabaseSettings settings, List<String> migrationLocations) {
        return open(settings, migrationLocations, InstantSource.system());
    }

    /**
     * Starts or finds the database and brings its tables up to date.
     *
     * @param migrationLocations folders on the class path such as {@code db/veem}; this room's own {@code db/store} must be among them
     * @param clock              the site's time: what is due, what has run out
     */
    public static SiteDatabase open(DatabaseSettings settings, List<String> migrationLocations, InstantSource clock) {
        var migrations = new Migrations(migrationLocations);
        return switch (settings) {
            case DatabaseSettings.Managed managed -> {
                var server = ManagedPostgres.start(managed, managed.model().map(folder -> new ModelCluster(folder, migrations)));
                yield opened(Optional.of(server), Pools.overSocket(server.socket(), managed), migrations, clock, managed.patience());
            }
            case DatabaseSettings.External external ->
                opened(Optional.empty(), Pools.external(external), migrations, clock, external.patience());
        };
    }

    private static SiteDatabase opened(Optional<ManagedPostgres> server, Pools pools, Migrations migrations, InstantSource clock, Duration patience) {
        try {
            upToDate(migrations, pools, patience);
            return new SiteDatabase(server, pools, migrations, clock, patience);
        } catch (RuntimeException failure) {
            pools.close();
            server.ifPresent(ManagedPostgres::close);
            throw failure;
        }
    }

    /**
     * A database that has just been killed or started may refuse its first callers; the schema waits for it as long as transactions do. It is looked at over a connection
     * that will be used again: PostgreSQL starts a process for each.
     */
    private static void upToDate(Migrations migrations, Pools pools, Duration patience) {
        var trial = new Trial(patience);
        while (true) {
            try {
                if (!migrations.areApplied(pools.writers())) {
                    migrations.apply(pools.unlimited());
                }
                return;
            } catch (RuntimeException failure) {
                trial.again(failure);
            }
        }
    }

    /**
     * Runs the body in one READ COMMITTED transaction and commits. The body may run more than once: it is run again, a bounded number of
     * times, when it lost against another transaction or lost its connection before the commit. So it changes nothing but the database.
     *
     * @throws Refused {@code DATABASE_UNAVAILABLE} when the database stays away longer than the caller's patience;
     *     {@code DATABASE_COMMIT_UNKNOWN} when the connection broke during the commit itself
     */
    public <T> T transact(Function<Transaction, T> body) {
        var trial = new Trial(patience);
        while (true) {
            try {
                return attempt(trial, body);
            } catch (RuntimeException failure) {
                trial.again(failure);
            }
        }
    }

    public void run(Consumer<Transaction> body) {
        transact(tx -> {
            body.accept(tx);
            return true;
        });
    }

    /** Runs queries, each seeing what is committed when it begins; the server refuses any change. */
    public <T> T read(Function<Handle, T> query) {
        var trial = new Trial(patience);
        while (true) {
            try (var handle = reading.open()) {
                return query.apply(handle);
            } catch (RuntimeException failure) {
                trial.again(failure);
            }
        }
    }

    private <T> T attempt(Trial trial, Function<Transaction, T> body) {
        try (var handle = writing.open()) {
            handle.begin();
            var tx = new Transaction(handle, clock.instant(), outbox.txBase());
            T result;
            try {
                result = body.apply(tx);
                tx.flush();
            } catch (Throwable failure) {
                rollback(handle, failure);
                throw failure;
            }
            trial.committing();
            handle.commit();
            announce(tx);
            return result;
        }
    }

    private static void rollback(Handle handle, Throwable failure) {
        try {
            handle.rollback();
        } catch (RuntimeException connectionGone) {
            failure.addSuppressed(connectionGone);
        }
    }

    private void announce(Transaction tx) {
        if (tx.told()) {
            news.ring();
        }
        if (tx.ordered()) {
            orders.ring();
        }
    }

    public Outbox outbox() {
        return outbox;
    }

    public WorkQueue work() {
        return work;
    }

    /**
     * Writes all that the database holds at one moment into one file; transactions go on meanwhile. A file of that name is replaced.
     */
    public void backup(Path file) {
        Backup.write(pools.unlimited(), migrations.scripts(), file);
    }

    /** Makes the model as which new databases with these tables begin, where the settings name one and these programs have not made it already. */
    public static void makeModel(DatabaseSettings.Managed settings, List<String> migrationLocations) throws IOException {
        if (settings.model().isPresent()) {
            new ModelCluster(settings.model().get(), new Migrations(migrationLocations)).make(settings);
        }
    }

    /**
     * Makes a database from a backup, with the tables that the backup had; it can be opened afterwards. The file is checked whole before anything is written.
     *
     * @throws Refused {@code BACKUP_DAMAGED}, {@code BACKUP_NEWER}, {@code BACKUP_UNREADABLE}, {@code DATABASE_NOT_EMPTY}
     */
    public static void restore(Path file, DatabaseSettings settings, List<String> migrationLocations) {
        var known = new Migrations(migrationLocations).scripts();
        Restore.check(known, file);
        switch (settings) {
            case DatabaseSettings.Managed managed -> {
                try (var server = ManagedPostgres.start(managed, Optional.empty()); var pools = Pools.overSocket(server.socket(), managed)) {
                    Restore.into(pools.unlimited(), known, file);
                }
            }
            case DatabaseSettings.External external -> {
                try (var pools = Pools.external(external)) {
                    Restore.into(pools.unlimited(), known, file);
                }
            }
        }
    }

    public Leadership leadership() {
        return leadership;
    }

    Pools pools() {
        return pools;
    }

    Optional<ManagedPostgres> server() {
        return server;
    }

    @Override
    public void close() {
        pools.close();
        server.ifPresent(ManagedPostgres::close);
    }
}
