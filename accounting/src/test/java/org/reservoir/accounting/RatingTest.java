package org.reservoir.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;

class RatingTest {
    private static final Instant T = Events.T;
    private static final Currency EUR = Currency.getInstance("EUR");
    private static final Map<Holding, Map<Resource, BigDecimal>> PRICES = Map.of(
            Holding.RUNNING, Map.of(Resource.CPU, new BigDecimal("0.012"), Resource.MEMORY, new BigDecimal("0.004"), Resource.DISK, new BigDecimal("0.0001")),
            Holding.POWERED_OFF, Map.of(Resource.DISK, new BigDecimal("0.0001")));

    private static PriceBook book(long second, Duration granularity, String cpu) {
        return new PriceBook(T.plusSeconds(second), EUR, granularity, Map.of(Holding.RUNNING, Map.of(Resource.CPU, new BigDecimal(cpu))));
    }

    private static Interval seconds(long from, long to) {
        return new Interval(T.plusSeconds(from), T.plusSeconds(to));
    }

    private static Usage usage(long vee, Holding holding, Interval time, String component) {
        return new Usage(new VeeId(vee), "web-" + vee, new UserId(3), new GroupId(1), Optional.of(new ServiceId(5)), Optional.of(component), holding,
                new Amounts(2, 2000, 4L << 30, 10L << 30, 0), T, time);
    }

    private static BigDecimal sum(List<Charge> charges) {
        return charges.stream().map(Charge::moneySeconds).reduce(BigDecimal.ZERO, BigDecimal::add).stripTrailingZeros();
    }

    @ParameterizedTest
    @CsvSource({"0,0,PT1S,0", "0,1,PT1S,1", "0,3600,PT1S,3600", "0,1,PT1H,3600", "0,3600,PT1H,3600", "0,3601,PT1H,7200", "10,20,PT1H,0", "3590,3610,PT1H,3600"})
    void begunGranulesAreChargedWhole(long from, long to, Duration granularity, long charged) {
        assertThat(Rating.chargedSeconds(T, seconds(from, to), granularity)).isEqualTo(charged);
    }

    @Test
    void anHourCostsWhatThePriceBookSays() {
        var books = new PriceBooks(List.of(new PriceBook(T, EUR, Duration.ofSeconds(1), PRICES)));
        var charges = Rating.rate(List.of(usage(1, Holding.RUNNING, seconds(0, 3600), "web")), books, seconds(0, 7200));

        assertThat(charges).extracting(charge -> charge.resource() + " " + PriceBook.perHour(charge.moneySeconds()).stripTrailingZeros())
                .containsExactly("CPU 0.024", "MEMORY 0.016", "DISK 0.001");
        assertThat(books.at(T).orElseThrow().hourly(new Amounts(2, 2000, 4L << 30, 10L << 30, 0)).amount()).isEqualByComparingTo("0.041");
    }

    @Test
    void aPriceChangeSplitsTheHour() {
        var books = new PriceBooks(List.of(book(0, Duration.ofSeconds(1), "0.010"), book(1800, Duration.ofSeconds(1), "0.020")));
        var charges = Rating.rate(List.of(usage(1, Holding.RUNNING, seconds(0, 3600), "web")), books, seconds(0, 3600));

        assertThat(charges).extracting(Charge::price).containsExactly(new BigDecimal("0.010"), new BigDecimal("0.020"));
        assertThat(PriceBook.perHour(sum(charges))).isEqualByComparingTo("0.03");
    }

    @Test
    void whatWasBeforeTheFirstPriceBookCostsNothing() {
        var books = new PriceBooks(List.of(book(1800, Duration.ofSeconds(1), "1")));

        assertThat(PriceBook.perHour(sum(Rating.rate(List.of(usage(1, Holding.RUNNING, seconds(0, 3600), "web")), books, seconds(0, 3600))))).isEqualByComparingTo("1");
    }

    @Test
    void cuttingTimeAnywhereChangesNoTotal() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var books = new PriceBooks(List.of(book(-100_000, granularity(random), "0.012345678"), book(random.nextInt(20_000), granularity(random), "0.1")));
            var whole = usage(1, Holding.RUNNING, seconds(random.nextInt(100), 10_000 + random.nextInt(20_000)), "web");
            var total = sum(Rating.rate(List.of(whole), books, seconds(-1, 50_000)));

            var middle = whole.time().from().plusMillis(random.nextLong(whole.time().length().toMillis()));
            var cutUsage = List.of(whole.during(new Interval(whole.time().from(), middle)), whole.during(new Interval(middle, whole.time().to())));
            assertThat(sum(Rating.rate(cutUsage, books, seconds(-1, 50_000)))).as("usage cut at %s", middle).isEqualByComparingTo(total);

            var first = Rating.rate(List.of(whole), books, new Interval(T.minusSeconds(1), middle));
            var second = Rating.rate(List.of(whole), books, new Interval(middle, T.plusSeconds(50_000)));
            assertThat(sum(first).add(sum(second))).as("two statements").isEqualByComparingTo(total);
        });
    }

    @Test
    void aStatementIsTheSumOfItsChargesAndTellsItsOneRounding() {
        Seeded.forAll(200, seed -> {
            var random = Seeded.random(seed);
            var books = new PriceBooks(List.of(new PriceBook(T, EUR, Duration.ofSeconds(1), PRICES)));
            var usages = new ArrayList<Usage>();
            for (int i = 1; i <= 20; i++) {
                usages.add(usage(i, Holding.values()[random.nextInt(4)], seconds(random.nextInt(1000), 1000 + random.nextInt(100_000)), "c" + random.nextInt(3)));
            }
            var charges = Rating.rate(usages, books, seconds(0, 200_000));
            var statement = Statement.of("service-5", seconds(0, 200_000), EUR, charges, 0);
            var lines = statement.lines().stream().map(Statement.Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);

            assertThat(statement.total().subtract(PriceBook.perHour(sum(charges))).abs()).isLessThanOrEqualTo(new BigDecimal("0.005"));
            assertThat(lines.add(statement.rounding())).isEqualByComparingTo(statement.total());
            assertThat(statement.rounding().abs()).isLessThan(new BigDecimal("0.006"));
        });
    }

    @Test
    void theStatementReadsLikeThis() throws IOException {
        var books = new PriceBooks(List.of(new PriceBook(T, EUR, Duration.ofSeconds(1), PRICES)));
        var usages = List.of(usage(1, Holding.RUNNING, seconds(0, 5400), "web"), usage(2, Holding.RUNNING, seconds(1800, 5000), "web"),
                usage(3, Holding.RUNNING, seconds(60, 3000), "db"), usage(3, Holding.POWERED_OFF, seconds(3000, 5400), "db"));
        var statement = Statement.of("service-5", seconds(0, 5400), EUR, Rating.rate(usages, books, seconds(0, 5400)), 2);

        try (var golden = RatingTest.class.getResourceAsStream("statement.txt")) {
            assertThat(statement.text()).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aBadPriceBookIsRefused() {
        assertThatThrownBy(() -> book(0, Duration.ofMillis(1500), "1")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> book(0, Duration.ofDays(2), "1")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> book(0, Duration.ofSeconds(1), "-1")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> book(0, Duration.ofSeconds(1), "1e30")).isInstanceOf(Refused.class);
        var yen = new PriceBook(T, Currency.getInstance("JPY"), Duration.ofSeconds(1), Map.of());
        assertThatThrownBy(() -> new PriceBooks(List.of(book(0, Duration.ofSeconds(1), "1"), yen))).hasMessageContaining("EUR");
    }

    private static Duration granularity(RandomGenerator random) {
        return Duration.ofSeconds(new int[] {1, 60, 600, 3600}[random.nextInt(4)]);
    }
}
