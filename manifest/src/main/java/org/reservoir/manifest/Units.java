package org.reservoir.manifest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.reservoir.kernel.DataSize;

/**
 * How quantities are written in OVF: programmatic units of DSP0004 annex C ({@code byte * 2^20}) and what tools wrote before
 * there was such a thing ({@code MegaBytes}, {@code 1536MB}), where mega always meant 2^20.
 */
final class Units {
    private static final Pattern SUFFIXED = Pattern.compile("([0-9]{1,18})\\s*([A-Za-z]{1,12})");
    private static final Pattern FACTOR = Pattern.compile("([0-9]{1,18})(?:\\^([0-9]{1,2}))?");
    private static final Map<String, Integer> LEGACY = Map.ofEntries(
            Map.entry("b", 0), Map.entry("byte", 0), Map.entry("bytes", 0),
            Map.entry("kb", 10), Map.entry("kib", 10), Map.entry("kilobyte", 10), Map.entry("kilobytes", 10),
            Map.entry("mb", 20), Map.entry("mib", 20), Map.entry("megabyte", 20), Map.entry("megabytes", 20),
            Map.entry("gb", 30), Map.entry("gib", 30), Map.entry("gigabyte", 30), Map.entry("gigabytes", 30),
            Map.entry("tb", 40), Map.entry("tib", 40), Map.entry("terabyte", 40), Map.entry("terabytes", 40));
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);
    /** A month of a window is 30 days. */
    private static final Map<String, Duration> TIMES = Map.of("second", Duration.ofSeconds(1), "minute", Duration.ofMinutes(1), "hour", Duration.ofHours(1),
            "day", Duration.ofDays(1), "week", Duration.ofDays(7), "month", Duration.ofDays(30));

    private Units() {}

    /** A quantity in these units; empty when either cannot be understood. The quantity may carry a unit of its own ({@code 1536MB}). */
    static Optional<DataSize> size(String quantity, String units) {
        var text = quantity.strip();
        var suffixed = SUFFIXED.matcher(text);
        if (suffixed.matches()) {
            return size(suffixed.group(1), suffixed.group(2));
        }
        if (!text.matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return factor(units).map(factor -> factor.multiply(new BigInteger(text))).filter(bytes -> bytes.compareTo(LARGEST) <= 0)
                .map(bytes -> DataSize.bytes(bytes.longValueExact()));
    }

    private static Optional<BigInteger> factor(String units) {
        var text = units.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
        var legacy = LEGACY.get(text);
        if (legacy != null) {
            return Optional.of(BigInteger.ONE.shiftLeft(legacy));
        }
        var product = BigInteger.ONE;
        var parts = text.split("\\*", 9);
        for (int i = 0; i < parts.length; i++) {
            var match = FACTOR.matcher(parts[i]);
            if (i == 0 ? !parts[0].equals("byte") && !parts[0].equals("bytes") : !match.matches()) {
                return Optional.empty();
            }
            if (i > 0) {
                product = product.multiply(new BigInteger(match.group(1)).pow(match.group(2) == null ? 1 : Integer.parseInt(match.group(2))));
            }
        }
        return Optional.of(product);
    }

    /** A time of {@code amount} units ({@code second} to {@code month}); empty when it cannot be understood or is not positive. */
    static Optional<Duration> time(String amount, String unit) {
        var one = TIMES.get(unit.strip().toLowerCase(Locale.ROOT).replaceAll("s$", ""));
        return one == null || !amount.strip().matches("[0-9]{1,6}") ? Optional.empty()
                : Optional.of(one.multipliedBy(Long.parseLong(amount.strip()))).filter(Duration::isPositive);
    }

    static Optional<Integer> count(String text) {
        return text.strip().matches("[0-9]{1,9}") ? Optional.of(Integer.parseInt(text.strip())) : Optional.empty();
    }

    static Optional<BigDecimal> decimal(String text) {
        return text.strip().matches("-?[0-9]{1,18}(\\.[0-9]{1,9})?") ? Optional.of(new BigDecimal(text.strip())) : Optional.empty();
    }
}
