package org.reservoir.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A small Debian with unmodified cloud-init and the QEMU guest agent, nothing of Reservoir in it: what proves that seeds are as others
 * expect them. Built once per machine by {@code testbed/guest/debian} and kept in the user's cache. Wants 768 MiB, boots in about a minute
 * under emulation.
 *
 * @param disk one bootable disk image, qcow2
 */
public record DebianImage(Path disk) {
    private static final Duration BUILD = Duration.ofMinutes(40);

    /** The image, built now if this machine has none yet (about three minutes; packages are downloaded). Needs Debian or Ubuntu, and root. */
    public static DebianImage build() {
        var directory = Optional.ofNullable(System.getenv("RESERVOIR_DEBIAN"))
                .orElseGet(() -> Command.of(BUILD, Checkout.directory().resolve("testbed/guest/debian").toString()).output());
        return new DebianImage(Path.of(directory).resolve("debian.qcow2"));
    }
}
