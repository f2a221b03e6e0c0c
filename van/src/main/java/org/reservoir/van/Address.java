package org.reservoir.van;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

import org.reservoir.kernel.Refused;

/** An IPv4 or IPv6 address that can be counted with. Written as RFC 5952 wants it for IPv6. */
public record Address(BigInteger value, boolean six) implements Comparable<Address> {

    /** Reads an address, never a name: no resolver is asked. @throws Refused {@code BAD_ADDRESS} */
    public static Address parse(String text) {
        if (!text.matches("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}") || !text.contains(".") && !text.contains(":")) {
            throw bad(text);
        }
        try {
            var bytes = InetAddress.ofLiteral(text).getAddress();
            return new Address(new BigInteger(1, bytes), bytes.length == 16);
        } catch (IllegalArgumentException _) {
            throw bad(text);
        }
    }

    private static Refused bad(String text) {
        return Refused.invalid("BAD_ADDRESS", "'%s' is no IP address.".formatted(text), "Write it like 10.1.0.5 or fd00::5.");
    }

    public int bits() {
        return six ? 128 : 32;
    }

    public Address plus(long count) {
        return new Address(value.add(BigInteger.valueOf(count)), six);
    }

    byte[] bytes() {
        var bytes = new byte[six ? 16 : 4];
        var magnitude = value.toByteArray();
        for (int i = 0; i < Math.min(bytes.length, magnitude.length); i++) {
            bytes[bytes.length - 1 - i] = magnitude[magnitude.length - 1 - i];
        }
        return bytes;
    }

    @Override
    public int compareTo(Address other) {
        return six == other.six ? value.compareTo(other.value) : Boolean.compare(six, other.six);
    }

    @Override
    public String toString() {
        return six ? compressed() : dotted();
    }

    private String dotted() {
        try {
            return InetAddress.getByAddress(bytes()).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** RFC 5952 §4: lower case, no leading zeros, the longest run of zero groups as {@code ::}. */
    private String compressed() {
        var bytes = bytes();
        var groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        return start < 0 ? joined(groups, 0, 8) : joined(groups, 0, start) + "::" + joined(groups, start + length, 8);
    }

    private static String joined(int[] groups, int from, int to) {
        var text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i > from ? ":" : "").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
