package org.reservoir.gateways.rest;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** The entity tag of an answer: two checksums that the processor computes itself; good against accident, not against malice. */
final class Etag {
    private Etag() {}

    /** Whether {@code header}, a list of entity tags or {@code *}, has this one in it. Proxies that compress make tags weak; the tag is the same. */
    static boolean isAmong(String etag, String header) {
        return Arrays.stream(header.split(",")).map(String::strip).anyMatch(each -> each.equals("*") || each.equals(etag) || each.equals("W/" + etag));
    }

    static String of(ByteBuffer bytes) {
        var one = new CRC32();
        one.update(bytes.duplicate());
        var other = new CRC32C();
        other.update(bytes);
        return "\"" + Long.toHexString(one.getValue() << 32 | other.getValue()) + "\"";
    }
}
