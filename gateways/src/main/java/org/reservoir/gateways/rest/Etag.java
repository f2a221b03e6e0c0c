package org.reservoir.gateways.rest;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** A weak entity tag of an answer: two checksums that the processor computes itself; good against accident, not against malice. */
final class Etag {
    private Etag() {}

    static String of(ByteBuffer bytes) {
        var one = new CRC32();
        one.update(bytes.duplicate());
        var other = new CRC32C();
        other.update(bytes);
        return "W/\"" + Long.toHexString(one.getValue() << 32 | other.getValue()) + "\"";
    }
}
