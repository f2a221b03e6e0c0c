package org.reservoir.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The small test guest: Debian's cloud kernel and busybox, in user space about three seconds after power-on under emulation, content with
 * 96 MiB. Built once per machine by {@code testbed/guest/build} and kept in the user's cache.
 *
 * <p>It reads a seed ISO ({@code reservoir.env}) on a virtio disk, an IDE CD-ROM or a virtio-scsi CD-ROM. <b>Not on SATA</b>: Debian's cloud
 * kernel has no AHCI driver. It answers HTTP on port 80, speaks on the port {@code org.reservoir.voice.0}, gives a shell on ttyS0 and obeys
 * the power button.
 *
 * @param directory holds {@code guest.qcow2}, {@code vmlinuz}, {@code initrd} and {@code contents} (its first line is the kernel's line)
 */
public record GuestImage(Path directory) {
    private static final Duration BUILD = Duration.ofMinutes(15);

    /** The image, built now if this machine has none yet (seconds; packages are downloaded). Needs Debian or Ubuntu. */
    public static GuestImage build() {
        return Optional.ofNullable(System.getenv("RESERVOIR_GUEST")).map(Path::of).map(GuestImage::new).orElseGet(GuestImage::buildNow);
    }

    private static GuestImage buildNow() {
        return new GuestImage(Path.of(Command.of(BUILD, Checkout.directory().resolve("testbed/guest/build").toString()).output()));
    }

    /** One bootable disk image, qcow2. */
    public Path disk() {
        return directory.resolve("guest.qcow2");
    }
}
