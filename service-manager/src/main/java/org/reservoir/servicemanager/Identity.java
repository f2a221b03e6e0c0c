package org.reservoir.servicemanager;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** How what belongs to a service is named: so that the name says whose it is, and the same thing always gets the same name. */
final class Identity {
    private static final int LONGEST = 63;
    private static final int CHECKSUM = 9;

    private Identity() {}

    static String vee(String service, String component, int replica) {
        return name("%s-%s-%d".formatted(service, component, replica));
    }

    static String network(String service, String network) {
        return name("%s-%s".formatted(service, network));
    }

    /** OVF allows any characters in an id; names of things do not. What had to be changed gets a checksum, lest two become one. */
    private static String name(String wished) {
        var allowed = wished.replaceAll("[^A-Za-z0-9._-]", "-");
        if (allowed.equals(wished) && wished.length() <= LONGEST) {
            return wished;
        }
        var checksum = new CRC32();
        checksum.update(wished.getBytes(StandardCharsets.UTF_8));
        var end = "-%08x".formatted(checksum.getValue());
        return allowed.substring(0, Math.min(allowed.length(), LONGEST - CHECKSUM)) + end;
    }
}
