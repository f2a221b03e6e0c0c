package org.reservoir.veem.kept;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.placement.Rates;
import org.reservoir.placement.Speeds;

/** The table of migrations that were made, from which later ones are estimated: a few of each pair of hosts, and none that is very old. */
public final class PassageTable {
    private static final int OF_A_PAIR = 20;
    private static final int READ = 10_000;
    private static final Duration KEPT = Duration.ofDays(60);

    private PassageTable() {}

    /** What there is to learn from a job that ended: from a move with memory that was tried once only, for what is given again may have been done already. */
    public static Optional<Speeds.Passage> passage(Finished.OfVee ended, Instant now) {
        var vee = ended.vee();
        if (!(ended.outcome() instanceof Outcome.Done done) || done.took().isEmpty() || ended.claim().attempts() > 1) {
            return Optional.empty();
        }
        return vee.task().filter(task -> task.before() == VeeState.RUNNING || task.before() == VeeState.SUSPENDED).flatMap(_ -> vee.destination())
                .flatMap(to -> vee.host().map(from -> new Speeds.Passage(new Speeds.Pair(from.value(), to.value()), vee.spec().memory().bytes(), done.took().get(), now)));
    }

    public static void note(Handle sql, List<Speeds.Passage> passages) {
        for (var passage : passages) {
            sql.createUpdate("insert into veem.passage (source, destination, bytes, took_ms, made) values (:from, :to, :bytes, :took, :made)").bind("from", passage.pair().from())
                    .bind("to", passage.pair().to()).bind("bytes", passage.bytes()).bind("took", passage.took().toMillis()).bind("made", Columns.at(passage.at())).execute();
            sql.createUpdate("""
                            delete from veem.passage where made < :old or (source = :from and destination = :to and id not in
                            (select id from veem.passage where source = :from and destination = :to order by id desc limit :kept))""").bind("old", Columns.at(passage.at().minus(KEPT)))
                    .bind("from", passage.pair().from()).bind("to", passage.pair().to()).bind("kept", OF_A_PAIR).execute();
        }
    }

    public static Speeds speeds(Handle sql, Instant now) {
        return speeds(sql, "", now);
    }

    /** By the moves to and from one host. */
    public static Speeds of(Handle sql, HostId host, Instant now) {
        return speeds(sql, "where %1$d in (source, destination)".formatted(host.value()), now);
    }

    private static Speeds speeds(Handle sql, String which, Instant now) {
        var made = sql.createQuery("select source, destination, bytes, took_ms, made from veem.passage %s order by id desc limit :most".formatted(which)).bind("most", READ)
                .map((row, _) -> new Speeds.Passage(new Speeds.Pair(row.getLong("source"), row.getLong("destination")), row.getLong("bytes"), Duration.ofMillis(row.getLong("took_ms")),
                        row.getObject("made", OffsetDateTime.class).toInstant())).list();
        return Speeds.of(made, Rates.USUAL.migrateBytesPerSecond(), now);
    }
}
