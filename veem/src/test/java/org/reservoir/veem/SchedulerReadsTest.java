package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.DataSize;

/** What the scheduler looks at when it is woken, which happens with every order. */
class SchedulerReadsTest {
    private static final int VEES = 3_000;
    private static final int WAKINGS = 40;
    private static final int AT_ONCE = 1_000;

    private final SteppedSite site = new SteppedSite(1);

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void nobodyIsPassedOverWhereNobodyWaitsAndNobodyIsToMove() {
        for (int from = 0; from < VEES; from += AT_ONCE) {
            site.veem.vees().create(SimulatedSite.ADMIN, IntStream.range(from, from + AT_ONCE).mapToObj(i -> VeeListsTest.held(VeeSpec.of("v" + i, 1, DataSize.mebibytes(64)))).toList());
        }
        site.database().run(transaction -> transaction.sql().execute("update veem.vee set state = 'RUNNING', host = (select min(id) from veem.host) where id % 2 = 0"));
        var before = rowsRead();
        for (int i = 0; i < WAKINGS; i++) {
            site.veem.scheduler.turn();
            site.veem.scheduler.moves();
        }
        assertThat(rowsRead() - before).isLessThan(VEES * WAKINGS / 4); // each time all, or half of them; what others counted late is read once
    }

    /** Rows of VEEs that PostgreSQL has looked at so far, by whatever way. */
    private long rowsRead() {
        site.database().run(transaction -> transaction.sql().createQuery("select pg_stat_force_next_flush()::text").mapTo(String.class).one());
        site.database().read(sql -> sql.createQuery("select pg_stat_force_next_flush()::text").mapTo(String.class).one());
        return site.database().read(sql -> sql.createQuery("""
                select seq_tup_read + coalesce(idx_tup_fetch, 0) + (select sum(idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid)
                from pg_stat_user_tables t where relid = 'veem.vee'::regclass""").mapTo(Long.class).one());
    }
}
