package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.kernel.Refused;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

/** Two servers of a site that are asked for services at the same moment, on one database. */
@Tag("long")
class TwoServersTest {
    private final SiteDatabase database = TestDatabase.fresh("db/store", ServiceManager.MIGRATIONS);
    private final CountDownLatch bothAsk = new CountDownLatch(2);

    @AfterEach
    void close() {
        database.close();
    }

    /** A server whose site has room for one service; it does not answer the first time before the other server was asked, too. */
    private ServiceDesk server() {
        var site = new FakeSite(World.START);
        site.images.add("reservoir-guest");
        site.admission.answering = asked -> {
            bothAsk.countDown();
            try {
                assertThat(bothAsk.await(2, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            return asked.there().isEmpty();
        };
        return new ServiceDesk(new DatabaseRecords(database), site, HourlyPrice.UNKNOWN, ServiceSettings.DEFAULT, site::now);
    }

    private static Callable<String> submission(ServiceDesk server, String name) {
        return () -> {
            try {
                return server.submit(ANNA, new ServiceRequest(name, GateTest.promising("98"), Map.of())).name();
            } catch (Refused refused) {
                return refused.code();
            }
        };
    }

    @Test
    void ofTwoServicesForWhichThereIsRoomOnceTwoServersTakeOneIn() throws Exception {
        var answers = new ArrayList<String>();
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var answer : threads.invokeAll(List.of(submission(server(), "one"), submission(server(), "two")))) {
                answers.add(answer.get());
            }
        }
        assertThat(answers).containsOnlyOnce("NOT_ADMITTED");
        assertThat(new DatabaseRecords(database).list(Optional.empty(), 10)).singleElement().satisfies(service -> assertThat(answers).contains(service.name()));
    }
}
