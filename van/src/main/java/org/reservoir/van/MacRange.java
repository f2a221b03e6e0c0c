package org.reservoir.van;

import java.util.HexFormat;

import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.kernel.Refused;

/** The MAC addresses that a network gives to its NICs, as numbers of 48 bits; written {@code 02:ab:00:00:00:00/24} like a subnet. */
public record MacRange(long first, long last) {
    private static final String MAC = "[0-9a-f]{2}(:[0-9a-f]{2}){5}";
    private static final long GROUP_BIT = 1L << 40;

    static boolean is(NetworkSpec.Range spec) {
        return spec.cidr().matches(MAC + "/[0-9]{1,2}");
    }

    /** @throws Refused {@code BAD_RANGE} when it is none, or holds MACs of groups of interfaces */
    static MacRange of(NetworkSpec.Range spec) {
        var parts = spec.cidr().split("/");
        int prefix = Integer.parseInt(parts[1]);
        long begin = number(parts[0]);
        if (prefix < 8 || prefix > 48 || (begin & hosts(prefix)) != 0 || (begin & GROUP_BIT) != 0 || spec.gateway().isPresent()) {
            throw bad(spec);
        }
        long end = begin | hosts(prefix);
        var range = new MacRange(spec.first().map(MacRange::number).orElse(begin), spec.last().map(MacRange::number).orElse(end));
        if (range.first < begin || range.last > end || range.first > range.last) {
            throw bad(spec);
        }
        return range;
    }

    private static Refused bad(NetworkSpec.Range spec) {
        return Refused.invalid("BAD_RANGE", "'%s' from %s to %s is no range of MAC addresses.".formatted(spec.cidr(), spec.first().orElse("its first"), spec.last().orElse("its last")),
                "Write it like 02:ab:00:00:00:00/24, in lower case, with no bit set beyond the prefix; first and last within it.");
    }

    private static long hosts(int prefix) {
        return (1L << 48 - prefix) - 1;
    }

    /** @throws Refused {@code BAD_MAC} */
    public static long number(String mac) {
        if (!mac.matches(MAC)) {
            throw Refused.invalid("BAD_MAC", "'%s' is no MAC address.".formatted(mac), "Write it like 02:00:0a:01:00:05, in lower case.");
        }
        return HexFormat.fromHexDigitsToLong(mac.replace(":", ""));
    }

    public static String text(long number) {
        return HexFormat.ofDelimiter(":").formatHex(java.nio.ByteBuffer.allocate(8).putLong(number).array(), 2, 8);
    }

    public boolean gives(String mac) {
        long number = number(mac);
        return number >= first && number <= last;
    }
}
