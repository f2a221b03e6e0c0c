package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

class AdaptationTest {
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.LONG));
    private static final double ENOUGH = Double.POSITIVE_INFINITY;

    private final DataSource source = new DataSource(new SourceId(1), 0);
    private final Heard heard = new Heard();
    /** By the numbers of their streams, less one. */
    private final List<String> names = new ArrayList<>();
    private long now;

    private void add(String name, Duration period) {
        names.add(name);
        source.add(name, Subject.site(), Labels.NONE, Probe.of(LOAD, row -> row.set(0, now)), ProbeSettings.every(period));
    }

    private void pass(Duration time) {
        for (long until = now + time.toMillis(); now < until; ) {
            now += 10;
            source.turn(now, now);
        }
    }

    private static Priority byName(StreamInfo stream) {
        return Priority.valueOf(stream.name().replaceFirst("\\..*", "").toUpperCase(java.util.Locale.ROOT));
    }

    private long heardOf(String prefix) {
        return heard.items.stream().filter(item -> names.get(item.stream() - 1).startsWith(prefix)).count();
    }

    @Test
    void allOfAClassAreScaledByWhatTheBudgetIsOfWhatTheyAsk() {
        assertThat(Adaptation.factors(Map.of(Priority.NORMAL, 1600.0), 1000)).as("eq. 3").containsEntry(Priority.NORMAL, 0.625);
        assertThat(Adaptation.factors(Map.of(Priority.NORMAL, 1600.0), 1600)).containsEntry(Priority.NORMAL, 1.0);
        assertThat(Adaptation.factors(Map.of(Priority.NORMAL, 600.0, Priority.LOW, 800.0), 1000)).as("the lower first").containsEntry(Priority.NORMAL, 1.0).containsEntry(Priority.LOW, 0.5);
        assertThat(Adaptation.factors(Map.of(Priority.NORMAL, 950.0, Priority.LOW, 1600.0), 1000)).as("none below its floor").containsEntry(Priority.LOW, 0.0625)
                .hasEntrySatisfying(Priority.NORMAL, factor -> assertThat(factor).isCloseTo(900 / 950.0, within(1e-9)));
        assertThat(Adaptation.factors(Map.of(Priority.PINNED, 5000.0, Priority.NORMAL, 10.0), 1000)).as("whatever it costs").containsEntry(Priority.PINNED, 1.0);
    }

    @Test
    void whateverIsAskedTheBudgetHoldsUnlessFloorsAndPinsForbidIt() {
        Seeded.forAll(2000, seed -> {
            var random = Seeded.random(seed);
            var claims = new EnumMap<Priority, Double>(Priority.class);
            for (var priority : Priority.values()) {
                claims.put(priority, random.nextInt(4) == 0 ? 0 : random.nextDouble() * 1000);
            }
            double budget = random.nextDouble() * 2000;
            var factors = Adaptation.factors(claims, budget);
            double given = claims.entrySet().stream().mapToDouble(claim -> claim.getValue() * factors.get(claim.getKey())).sum();
            double least = claims.get(Priority.PINNED) + (claims.get(Priority.NORMAL) + claims.get(Priority.LOW)) / 16;
            assertThat(given).isLessThanOrEqualTo(Math.max(budget, least) + 1e-6);
            if (factors.get(Priority.NORMAL) < 1 && claims.get(Priority.LOW) > 0) {
                assertThat(factors.get(Priority.LOW)).isEqualTo(1 / 16.0);
            }
        });
    }

    @Test
    void aListenerGetsWhatItsBudgetAllowsAndPinnedStreamsInFull() {
        source.subscribe(Interest.ALL, heard);
        for (int i = 0; i < 10; i++) {
            add("pinned." + i, Duration.ofSeconds(1));
            add("normal." + i, Duration.ofSeconds(1));
        }
        pass(Duration.ofSeconds(2));
        source.keepWithin(new Budgets(ENOUGH, 15), AdaptationTest::byName);
        heard.items.clear();
        pass(Duration.ofSeconds(60));

        assertThat(heardOf("pinned")).isEqualTo(600);
        assertThat(heardOf("normal")).isBetween(280L, 310L);
        var slow = source.streams().stream().filter(status -> status.info().name().equals("normal.1")).findFirst().orElseThrow();
        assertThat(slow.effort().period()).isEqualTo(Duration.ofSeconds(2));
        assertThat(slow.effort().held()).isEqualTo(2);
        assertThat(heard.told).as("listeners are told").filteredOn(word -> word.equals("4 ON")).hasSizeGreaterThan(1);

        source.keepWithin(Budgets.NONE, AdaptationTest::byName);
        heard.items.clear();
        pass(Duration.ofSeconds(10));
        assertThat(heardOf("normal")).as("and again in full").isBetween(90L, 110L);
    }

    @Test
    void oneListenersBudgetIsNoOtherListenersLoss() {
        var other = new Heard();
        source.subscribe(Interest.ALL, heard);
        for (int i = 0; i < 20; i++) {
            add("normal." + i, Duration.ofSeconds(1));
        }
        source.subscribe(new Interest(java.util.Optional.empty(), "normal.7", java.util.Optional.empty(), java.util.Optional.empty(), java.util.Set.of(), java.util.Optional.empty()), other);
        source.keepWithin(new Budgets(ENOUGH, 10), _ -> Priority.NORMAL);
        pass(Duration.ofSeconds(61));
        assertThat(heard.items.size()).isBetween(550, 660);
        assertThat(other.items.size()).isBetween(59, 61);
    }

    @Test
    void dearProbesAreSlowedForTheSourcesShareOfACore() {
        source.subscribe(Interest.ALL, heard);
        for (int i = 0; i < 4; i++) {
            names.add((i == 0 ? "pinned." : "low.") + i);
            source.add(names.getLast(), Subject.site(), Labels.NONE, costing(2_000_000), ProbeSettings.every(Duration.ofMillis(100)));
        }
        source.keepWithin(new Budgets(0.05, ENOUGH), AdaptationTest::byName);
        pass(Duration.ofSeconds(10));
        heard.items.clear();
        pass(Duration.ofSeconds(10));
        assertThat(heardOf("pinned")).isEqualTo(100);
        assertThat(heardOf("low")).as("0.08 is asked, 0.02 of it pinned: half of 300").isBetween(120L, 170L);
    }

    /** Says what it costs, as probes on threads of their own do. */
    private static Probe costing(long nanos) {
        return new Probe() {
            @Override
            public Schema schema() {
                return LOAD;
            }

            @Override
            public void measure(Row row) {
                row.set(0, 1L);
            }

            @Override
            public long spent() {
                return nanos;
            }
        };
    }

    @Test
    void nothingCanBeMeasuredForNothing() {
        assertThatThrownBy(() -> new Budgets(0, 1)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new Budgets(1, Double.NaN)).isInstanceOf(Refused.class);
    }
}
