package org.reservoir.store;

import java.time.Duration;
import java.util.Optional;

/**
 * Lets one of several site servers do something alone. A clock that is off makes two holders possible for a moment; the fence,
 * checked by {@link Transaction#fence} in the transaction that matters, makes that harmless.
 */
public final class Leadership {
    // Only a row that is free, run out or one's own is taken; the fence grows only when the holder changes or had let it run out.
    private static final String TAKE = """
            INSERT INTO tenure AS t (name, holder, fence, until) VALUES (:name, :holder, 1, :until)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
                fence = t.fence + CASE WHEN t.holder = excluded.holder AND t.until > :now THEN 0 ELSE 1 END
            WHERE t.until <= :now OR t.holder = excluded.holder
            RETURNING fence""";

    private final SiteDatabase database;

    Leadership(SiteDatabase database) {
        this.database = database;
    }

    /** Takes or prolongs the tenure; empty while somebody else holds it. */
    public Optional<Tenure> hold(String name, String holder, Duration duration) {
        return database.transact(tx -> {
            var until = tx.now().plus(duration);
            return tx.sql().createQuery(TAKE).bind("name", name).bind("holder", holder)
                    .bind("until", WorkStatements.time(until)).bind("now", WorkStatements.time(tx.now()))
                    .mapTo(Long.class).findOne().map(fence -> new Tenure(name, holder, fence, until));
        });
    }

    /** Gives it back before its time, so that another need not wait. Nothing happens when it is lost already. */
    public void release(Tenure tenure) {
        database.run(tx -> tx.sql().createUpdate("UPDATE tenure SET until = :now WHERE name = :name AND fence = :fence")
                .bind("now", WorkStatements.time(tx.now())).bind("name", tenure.name()).bind("fence", tenure.fence()).execute());
    }
}
