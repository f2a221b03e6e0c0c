package org.reservoir.servicemanager;

import org.reservoir.kernel.ServiceId;

/** Which subnets a network made for a service may get, best first: its own, which is nobody else's until the block has been used up once, then those behind it. */
final class Subnets {
    private static final int PER_SERVICE = 8;

    private Subnets() {}

    /**
     * @param block   {@code a.b.c.d/bits}
     * @param ordinal of the network in its manifest, from 0
     * @param attempt from 0; those before were taken
     * @return {@code a.b.c.0/24}
     */
    static String of(String block, ServiceId service, int ordinal, int attempt) {
        var parts = block.split("/");
        int bits = Integer.parseInt(parts[1]);
        long base = 0;
        for (var octet : parts[0].split("\\.")) {
            base = base << 8 | Integer.parseInt(octet);
        }
        if (bits > 20 || bits < 1) {
            throw new IllegalStateException("subnets for services are taken from a block of 1 to 20 bits, not " + block);
        }
        long room = 1L << 24 - bits;
        long chosen = base & -1L << 32 - bits | Math.floorMod(service.value() * PER_SERVICE + ordinal + attempt, room) << 8;
        return "%d.%d.%d.0/24".formatted(chosen >> 24 & 255, chosen >> 16 & 255, chosen >> 8 & 255);
    }
}
