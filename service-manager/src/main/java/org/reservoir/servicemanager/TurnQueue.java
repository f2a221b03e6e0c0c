package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.store.Event;
import org.reservoir.store.SiteDatabase;

/**
 * Which services want a turn. Every service is one piece of work, claimed by lease: so two turns of one service never overlap, in however
 * many servers, and whatever is heard while a turn is under way brings another right after it. What happens to VEEs is heard from the
 * site's events, by a durable cursor.
 */
final class TurnQueue {
    private static final String CURSOR = "service-manager";
    static final int MOST_EVENTS = 500;

    private final SiteDatabase database;
    private final String server;

    /** @param server who takes turns here; no other server that lives has that name */
    TurnQueue(SiteDatabase database, String server) {
        this.database = database;
        this.server = server;
    }

    /** Turns that an earlier life of this server was taking when it was killed are due again. @return how many */
    int takeBack() {
        return database.transact(transaction -> transaction.sql().createUpdate("update service_manager.service set held_until = null, turn = turn + 1 where held_until is not null and held_by = :server")
                .bind("server", server).execute());
    }

    /** @param turn fences off whoever held it before @param news what had been heard when it was claimed */
    record Turn(ServiceId service, long turn, long news) {}

    List<Turn> claim(Instant now, Duration lease, int most) {
        return database.transact(transaction -> transaction.sql().createQuery("""
                update service_manager.service s set held_until = :until, held_by = :server, turn = turn + 1
                from (select id from service_manager.service where look_at <= :now and (held_until is null or held_until <= :now)
                      order by look_at limit :most for update skip locked) due
                where s.id = due.id returning s.id, s.turn, s.news""")
                .bind("until", now.plus(lease)).bind("server", server).bind("now", now).bind("most", most)
                .map((row, _) -> new Turn(new ServiceId(row.getLong(1)), row.getLong(2), row.getLong(3))).list());
    }

    /** The turn is over. @param next empty for never again, unless something was heard meanwhile */
    void finish(Turn turn, Instant now, Optional<Instant> next) {
        database.run(transaction -> transaction.sql().createUpdate("""
                update service_manager.service set held_until = null, look_at = case when news = :news then cast(:next as timestamptz) else :now end
                where id = :id and turn = :turn""")
                .bind("news", turn.news()).bind("next", next.map(java.sql.Timestamp::from).orElse(null)).bind("now", now)
                .bind("id", turn.service().value()).bind("turn", turn.turn()).execute());
    }

    /** Hears what has happened to VEEs since. @return how many events that was */
    int listen(Instant now) {
        return database.outbox().consume(CURSOR, Set.of(VeeChanged.TOPIC), MOST_EVENTS, (transaction, told) -> {
            var services = told.stream().flatMap(one -> service(one).stream()).distinct().toArray(Long[]::new);
            if (services.length == 0) {
                return;
            }
            transaction.sql().createUpdate("""
                    update service_manager.service set look_at = least(look_at, :now), news = news + 1 where id = any (:ids) and look_at is not null""")
                    .bind("now", now).bindArray("ids", Long.class, (Object[]) services).execute();
        });
    }

    /** Tags are free words: not every one that is called {@code service} names one. */
    private static Optional<Long> service(Event told) {
        if (!told.body().contains(VeeChanged.SERVICE_TAG)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(Wire.read(told.body(), VeeChanged.class).tags().get(VeeChanged.SERVICE_TAG)).map(tag -> ServiceId.parse(tag).value());
        } catch (Refused _) {
            return Optional.empty();
        }
    }
}
