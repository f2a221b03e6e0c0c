package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.reservoir.store.testing.TestDatabase;

class PlannedAnewTest {
    /** More often than after which the driver and the server keep a plan. */
    private static final int OFTEN = 20;

    @Test
    void noPlanIsKeptForAQueryThatIsToBePlannedAnew() {
        try (var database = TestDatabase.fresh(new TestClock(), "db/store")) {
            database.read(sql -> {
                for (int i = 0; i < OFTEN; i++) {
                    sql.createQuery("select :n + 1 as kept").bind("n", i).mapTo(Integer.class).one();
                    assertThat(sql.createQuery("select :n + 2 as planned_anew").addCustomizer(new PlannedAnew()).bind("n", i).mapTo(Integer.class).one()).isEqualTo(i + 2);
                }
                assertThat(plans(sql, "as kept")).isEqualTo(1);
                assertThat(plans(sql, "as planned_anew")).isZero();
                return null;
            });
        }
    }

    private static int plans(Handle sql, String like) {
        return sql.createQuery("select count(*) from pg_prepared_statements where position(:like in statement) > 0 and position('pg_prepared' in statement) = 0").bind("like", like)
                .mapTo(Integer.class).one();
    }
}
