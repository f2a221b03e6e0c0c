package org.reservoir.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Money;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.store.Event;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

class AccountingTest {
    private static final Instant T = Events.T;
    private static final ServiceId SERVICE = new ServiceId(5);
    private static final Currency EUR = Currency.getInstance("EUR");
    private static final Interval DAY = new Interval(T.minusSeconds(3600), T.plusSeconds(86_400));

    private Instant now = T;
    private final SiteDatabase database = TestDatabase.open(() -> now, List.of("db/store", Accounting.MIGRATIONS));
    private final Accounting accounting = new Accounting(database, () -> now);

    @AfterEach
    void close() {
        database.close();
    }

    private void tell(VeeChanged... events) {
        database.run(transaction -> {
            for (var event : events) {
                transaction.publish(new Event(VeeChanged.TOPIC, event.vee().toString(), "VeeChanged", Wire.write(event)));
            }
        });
    }

    private Statement after(long second) {
        now = T.plusSeconds(second);
        while (accounting.turn() > 0) {
            continue;
        }
        return accounting.statement(SERVICE, DAY);
    }

    @Test
    void aServiceIsBilledForWhatItsVeesHeld() {
        tell(Events.event(0, VeeState.PENDING), Events.event(10, VeeState.RUNNING), Events.event(3610, VeeState.TERMINATING), Events.event(3611, VeeState.TERMINATED));
        var statement = after(4000);

        assertThat(statement.lines()).extracting(line -> line.component().orElseThrow() + " " + line.resource() + " " + line.unitHours())
                .containsExactly("web CPU 2.0006", "web MEMORY 4.0011", "web DISK 10.0028");
        assertThat(statement.total()).isEqualByComparingTo("0.04");
        assertThat(statement.stillOn()).isZero();
        assertThat(accounting.statement(new UserId(3), DAY).total()).isEqualByComparingTo("0.04");
        assertThat(accounting.statement(new ServiceId(6), DAY).lines()).isEmpty();
    }

    @Test
    void whatStillRunsIsBilledUpToNow() {
        tell(Events.event(0, VeeState.RUNNING));
        var statement = after(1800);

        assertThat(statement.stillOn()).isEqualTo(1);
        assertThat(statement.veeTime()).isEqualTo(Duration.ofMinutes(30));
        assertThat(statement.time().to()).isEqualTo(now);
        assertThat(after(3600).veeTime()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void theSameEventsToldAgainChangeNoBill() {
        var events = new VeeChanged[] {Events.event(0, VeeState.RUNNING), Events.event(600, VeeState.SUSPENDED), Events.event(1200, VeeState.RUNNING)};
        tell(events);
        var once = after(3600);
        tell(events);

        assertThat(after(3600)).isEqualTo(once);
    }

    @Test
    void aCrashBetweenTurnsLosesAndDoublesNothing() {
        tell(Events.event(0, VeeState.RUNNING));
        after(10);
        tell(Events.event(600, VeeState.STOPPED));
        var again = new Accounting(database, () -> now); // what a restarted site does

        now = T.plusSeconds(1200);
        assertThat(again.turn()).isEqualTo(1);
        assertThat(again.turn()).isZero();
        assertThat(again.usage(SERVICE, DAY)).extracting(Usage::holding).containsExactly(Holding.RUNNING, Holding.STOPPED);
    }

    @Test
    void twoServersTurningAtOnceCountEveryEventOnce() throws Exception {
        for (int vee = 1; vee <= 80; vee++) {
            var events = new VeeChanged[10];
            for (int step = 0; step < 10; step++) {
                events[step] = Events.of(vee, step * 60L, step % 2 == 0 ? VeeState.RUNNING : VeeState.SUSPENDED, 1000, 1L << 30, Events.WEB);
            }
            tell(events);
        }
        now = T.plusSeconds(600);
        var other = new Accounting(database, () -> now);
        var threads = new ArrayList<Thread>();
        for (var one : List.of(accounting, other)) {
            threads.add(Thread.ofVirtual().start(() -> {
                while (one.turn() > 0) {
                    continue;
                }
            }));
        }
        for (var thread : threads) {
            thread.join(Duration.ofSeconds(30));
        }

        assertThat(accounting.usage(SERVICE, DAY)).hasSize(800);
        assertThat(accounting.statement(SERVICE, DAY).veeTime()).isEqualTo(Duration.ofSeconds(80 * 600));
    }

    @Test
    void anEventThatCannotBeReadHoldsUpNoOther() {
        database.run(transaction -> transaction.publish(new Event(VeeChanged.TOPIC, "vee-1", "VeeChanged", "{nonsense")));
        tell(Events.event(0, VeeState.RUNNING));

        assertThat(after(60).stillOn()).isEqualTo(1);
    }

    @Test
    void pricesSetByTheAdministratorHoldFromThenOn() {
        tell(Events.event(0, VeeState.RUNNING));
        after(1800);
        accounting.setPrices(Optional.empty(), EUR, Duration.ofSeconds(1), Map.of(Holding.RUNNING, Map.of(Resource.CPU, new BigDecimal("10"))));
        var statement = after(3600);

        assertThat(statement.lines()).extracting(line -> line.resource() + " " + line.price()).containsExactly("CPU 0.012", "CPU 10", "MEMORY 0.004", "DISK 0.0001");
        assertThat(statement.total()).isEqualByComparingTo("10.02");
        assertThat(accounting.hourly(new Capacity(Cpus.of(2), DataSize.gibibytes(4), DataSize.ZERO))).contains(Money.of("20", "EUR"));
    }

    @Test
    void whatIsChargedAlreadyIsNeverRepriced() {
        var prices = Map.of(Holding.RUNNING, Map.of(Resource.CPU, BigDecimal.ONE));
        assertThatThrownBy(() -> accounting.setPrices(Optional.of(T.minusSeconds(1)), EUR, Duration.ofSeconds(1), prices)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> accounting.dropPrices(Instant.EPOCH)).isInstanceOf(Refused.class);
        accounting.setPrices(Optional.of(T.plusSeconds(100)), EUR, Duration.ofSeconds(1), prices);
        assertThat(accounting.priceBooks().books()).hasSize(2);
        accounting.dropPrices(T.plusSeconds(100));
        assertThat(accounting.priceBooks().books()).containsExactly(PriceTable.shipped());
        assertThatThrownBy(() -> accounting.dropPrices(T.plusSeconds(100))).hasMessageContaining("No prices");
    }

    @Test
    void theCurrencyIsChosenBeforeAnythingIsChargedAndNeverAfter() {
        var dollars = Currency.getInstance("USD");
        var prices = Map.of(Holding.RUNNING, Map.of(Resource.CPU, BigDecimal.ONE));
        accounting.setPrices(Optional.empty(), dollars, Duration.ofSeconds(1), prices);
        assertThat(accounting.priceBooks().currency()).isEqualTo(dollars);

        tell(Events.event(0, VeeState.RUNNING));
        after(10);
        assertThatThrownBy(() -> accounting.setPrices(Optional.empty(), EUR, Duration.ofSeconds(1), prices)).hasMessageContaining("USD");
        assertThat(accounting.priceBooks().books()).hasSize(1);
    }

    @Test
    void theBillOfADayIsTheSumOfItsParts() {
        Seeded.forAll(3, seed -> {
            var random = Seeded.random(seed);
            long vee = 100 + seed;
            for (int step = 0; step < 20; step++) {
                var state = new VeeState[] {VeeState.RUNNING, VeeState.SUSPENDED, VeeState.POWERED_OFF}[random.nextInt(3)];
                tell(Events.of(vee, step * 500L + random.nextInt(400), state, 1000, 1L << 30, Map.of(VeeChanged.SERVICE_TAG, "service-" + vee)));
            }
            after(20_000);
            var service = new ServiceId(vee);
            var whole = accounting.statement(service, DAY);
            var cut = T.plusSeconds(random.nextInt(10_000));
            var first = accounting.usage(service, new Interval(DAY.from(), cut));
            var second = accounting.usage(service, new Interval(cut, DAY.to()));

            var together = new ArrayList<>(first);
            together.addAll(second);
            var charges = Rating.rate(together, accounting.priceBooks(), DAY);
            assertThat(Statement.of(service.toString(), whole.time(), EUR, charges, whole.stillOn()).total()).isEqualByComparingTo(whole.total());
            assertThat(together.stream().map(usage -> usage.time().length()).reduce(Duration.ZERO, Duration::plus)).isEqualTo(whole.veeTime());
        });
    }
}
