package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HexFormat;
import java.util.Set;

import org.reservoir.kernel.Refused;

/** The two ends of a link between a site and its agents, as people write them down: an address, and the key in a file. */
public final class LinkWords {
    private static final Set<PosixFilePermission> OWNERS = Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private LinkWords() {}

    /** @throws Refused {@code BAD_ADDRESS} */
    public static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}") || Integer.parseInt(text.substring(colon + 1)) > 65535) {
            throw Refused.invalid("BAD_ADDRESS", "'%s' is no address.".formatted(text), "Write it like 10.0.0.1:8475.");
        }
        var address = new InetSocketAddress(text.substring(0, colon).replaceAll("^\\[|]$", ""), Integer.parseInt(text.substring(colon + 1)));
        if (address.isUnresolved()) {
            throw Refused.invalid("BAD_ADDRESS", "Nobody knows the address of '%s'.".formatted(text), "");
        }
        return address;
    }

    /** By file, for what stands in a command line is seen by all. @throws Refused {@code KEY_OPEN}, {@code BAD_KEY} */
    public static byte[] key(Path file) {
        try {
            if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
                throw Refused.forbidden("KEY_OPEN", "Others than its owner may read the key %s.".formatted(file), "chmod 600 it, and make a new key if others were on this machine.");
            }
            var digits = Files.readString(file).strip();
            if (!digits.matches("[0-9a-fA-F]{64}")) {
                throw Refused.invalid("BAD_KEY", "%s holds no key.".formatted(file), "Write 64 hexadecimal digits into it.");
            }
            return HexFormat.of().parseHex(digits);
        } catch (IOException e) {
            throw Refused.invalid("BAD_KEY", "The key cannot be read: %s".formatted(e.getMessage()), "");
        }
    }
}
