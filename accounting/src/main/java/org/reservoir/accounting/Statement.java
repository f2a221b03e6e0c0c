package org.reservoir.accounting;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Money;

/**
 * What a service, or all of a user's VEEs, cost over an interval.
 *
 * @param subject   whose: {@code service-7}, {@code user-3}
 * @param time      half open
 * @param lines     by component, holding and resource; amounts at four digits beyond the currency's
 * @param vees      VEEs that were charged for
 * @param veeTime   their time charged, summed
 * @param stillOn   VEEs that go on at the end of the interval; they are charged up to it
 * @param rounding  total minus the sum of the lines as written: the only rounding there is
 * @param total     the exact sum, rounded half even to the currency's digits
 */
public record Statement(String subject, Interval time, Currency currency, List<Line> lines, int vees, Duration veeTime, int stillOn,
                        BigDecimal rounding, BigDecimal total) {
    private static final int DIGITS_BEYOND = 4;

    public Statement {
        lines = List.copyOf(lines);
    }

    /**
     * @param component empty for VEEs of no service
     * @param unitHours units times hours charged, at four decimals
     * @param price     of one unit for an hour
     */
    public record Line(Optional<String> component, Holding holding, Resource resource, BigDecimal unitHours, BigDecimal price, BigDecimal amount) {}

    private record Key(String component, Holding holding, Resource resource, BigDecimal price) implements Comparable<Key> {
        private static final Comparator<Key> ORDER = Comparator.comparing(Key::component).thenComparing(Key::holding)
                .thenComparing(Key::resource).thenComparing(Key::price);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /** Sums charges up. @param stillOn how many of the VEEs go on after the interval */
    public static Statement of(String subject, Interval time, Currency currency, List<Charge> charges, int stillOn) {
        var sums = new TreeMap<Key, BigDecimal>();
        var times = new TreeMap<org.reservoir.kernel.VeeId, java.util.Set<Interval>>();
        for (var charge : charges) {
            var usage = charge.usage();
            sums.merge(new Key(usage.component().orElse(""), usage.holding(), charge.resource(), charge.price()), charge.unitSeconds(), BigDecimal::add);
            times.computeIfAbsent(usage.vee(), _ -> new java.util.HashSet<>()).add(usage.time());
        }
        var veeTime = times.values().stream().flatMap(java.util.Set::stream).map(Interval::length).reduce(Duration.ZERO, Duration::plus);
        return summed(subject, time, currency, sums, times.size(), veeTime, stillOn);
    }

    private static Statement summed(String subject, Interval time, Currency currency, TreeMap<Key, BigDecimal> sums, int vees, Duration veeTime, int stillOn) {
        int digits = currency.getDefaultFractionDigits();
        var lines = new ArrayList<Line>();
        var exact = BigDecimal.ZERO;
        var written = BigDecimal.ZERO;
        for (var entry : sums.entrySet()) {
            var key = entry.getKey();
            var moneySeconds = entry.getValue().multiply(key.price());
            var amount = PriceBook.perHour(moneySeconds).setScale(digits + DIGITS_BEYOND, RoundingMode.HALF_EVEN);
            lines.add(new Line(Optional.of(key.component()).filter(name -> !name.isEmpty()), key.holding(), key.resource(),
                    PriceBook.perHour(entry.getValue()).setScale(4, RoundingMode.HALF_EVEN), key.price(), amount));
            exact = exact.add(moneySeconds);
            written = written.add(amount);
        }
        var total = exact.divide(PriceBook.SECONDS_PER_HOUR, digits, RoundingMode.HALF_EVEN);
        return new Statement(subject, time, currency, lines, vees, veeTime, stillOn, total.subtract(written), total);
    }

    public Money totalMoney() {
        return new Money(total, currency);
    }

    /** As people read it, in plain columns. */
    public String text() {
        var text = new StringBuilder();
        text.append("Statement for %s%n".formatted(subject));
        text.append("%s to %s%n%n".formatted(time.from().truncatedTo(ChronoUnit.SECONDS), time.to().truncatedTo(ChronoUnit.SECONDS)));
        row(text, "COMPONENT", "STATE", "RESOURCE", "UNIT-HOURS", "PRICE", currency.getCurrencyCode());
        for (var line : lines) {
            row(text, line.component().orElse("-"), words(line.holding().name()), words(line.resource().name()) + " (" + line.resource().unit() + ")",
                    line.unitHours().toPlainString(), line.price().toPlainString(), line.amount().toPlainString());
        }
        row(text, "rounding", "", "", "", "", rounding.toPlainString());
        row(text, "TOTAL", "", "", "", "", total.toPlainString());
        text.append("%n%d VEEs, %s in all; %d still on%n".formatted(vees, hours(veeTime), stillOn));
        return text.toString();
    }

    private static void row(StringBuilder text, String... cells) {
        text.append("%-20s %-12s %-16s %14s %12s %14s%n".formatted((Object[]) cells));
    }

    private static String words(String name) {
        return name.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static String hours(Duration time) {
        return "%d:%02d:%02d h".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
