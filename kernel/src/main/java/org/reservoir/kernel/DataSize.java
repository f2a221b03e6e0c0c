package org.reservoir.kernel;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An amount of memory or disk, in bytes. Written with IEC 80000-13 binary units ({@code 512 MiB}); read with binary
 * ({@code KiB MiB GiB TiB PiB}), short binary ({@code K M G T P}, as in qemu-img) or decimal ({@code kB MB GB TB PB}) units.
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    public static final DataSize ZERO = new DataSize(0);

    private static final Pattern TEXT = Pattern.compile("\\s*([0-9]{1,19}(?:\\.[0-9]{1,6})?)\\s*([A-Za-z]{0,3})\\s*");
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L), Map.entry("b", 1L),
            Map.entry("k", 1L << 10), Map.entry("kib", 1L << 10), Map.entry("kb", 1_000L),
            Map.entry("m", 1L << 20), Map.entry("mib", 1L << 20), Map.entry("mb", 1_000_000L),
            Map.entry("g", 1L << 30), Map.entry("gib", 1L << 30), Map.entry("gb", 1_000_000_000L),
            Map.entry("t", 1L << 40), Map.entry("tib", 1L << 40), Map.entry("tb", 1_000_000_000_000L),
            Map.entry("p", 1L << 50), Map.entry("pib", 1L << 50), Map.entry("pb", 1_000_000_000_000_000L));

    public DataSize {
        if (bytes < 0) {
            throw Refused.invalid("BAD_SIZE", "A size cannot be negative: %d bytes.".formatted(bytes), "");
        }
    }

    public static DataSize bytes(long bytes) {
        return new DataSize(bytes);
    }

    public static DataSize mebibytes(long mebibytes) {
        return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    public static DataSize gibibytes(long gibibytes) {
        return new DataSize(Math.multiplyExact(gibibytes, 1L << 30));
    }

    /** @throws Refused {@code BAD_SIZE} when {@code text} is no size or does not fit into 63 bits of bytes */
    public static DataSize parse(String text) {
        var match = TEXT.matcher(text);
        var unit = match.matches() ? UNITS.get(match.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw Refused.invalid("BAD_SIZE", "'%s' is no size.".formatted(text), "Write it like 512MiB, 2GiB or 1.5G.");
        }
        var bytes = new BigDecimal(match.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw Refused.invalid("BAD_SIZE", "'%s' is larger than any size can be.".formatted(text), "Write it like 512MiB, 2GiB or 1.5G.");
        }
        return new DataSize(bytes.longValue());
    }

    public long mebibytes() {
        return bytes >> 20;
    }

    /** Whole kibibytes, the unit of libvirt's memory elements. */
    public long kibibytes() {
        return bytes >> 10;
    }

    public DataSize plus(DataSize other) {
        return new DataSize(Math.addExact(bytes, other.bytes));
    }

    /** Never below zero. */
    public DataSize minus(DataSize other) {
        return new DataSize(Math.max(0, bytes - other.bytes));
    }

    public DataSize times(long factor) {
        return new DataSize(Math.multiplyExact(bytes, factor));
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < BINARY.length - 1) {
            value /= 1024;
            unit++;
        }
        var number = value == Math.rint(value) ? "%.0f" : "%.1f";
        return (number + " %s").formatted(value, BINARY[unit]);
    }
}
