package org.reservoir.veem.image.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * Finds out whether an image that has arrived can be let in, and makes of it what hosts use: a disk becomes a plain qcow2 that stands alone,
 * everything else stays as it is. First we read its header ourselves, then {@code qemu-img} walks over it; only what both find sound is kept.
 */
public final class Inspection {
    private static final long TOLD_EVERY = 16L << 20;
    /** What names of files end with. */
    private static final Map<String, String> NAMED = Map.of("qcow2", "qcow2", "vmdk", "vmdk", "vdi", "vdi", "vhd", "vpc", "vhdx", "vhdx");
    private final Rules rules;
    private final QemuImg qemuImg;

    /**
     * @param largest        file that is kept
     * @param largestVirtual disk that a guest may see
     * @param unpacked       what any image may unpack to
     * @param expansion      by how much one may grow beyond that when it is unpacked
     * @param patience       for one run of qemu-img
     */
    public record Rules(DataSize largest, DataSize largestVirtual, DataSize unpacked, int expansion, Duration patience) {
        public static final Rules USUAL = new Rules(DataSize.gibibytes(2048), DataSize.gibibytes(16384), DataSize.gibibytes(4), 64, Duration.ofHours(1));

        /** @throws Refused {@code IMAGE_HOSTILE} when it is nothing or too much */
        void requireDisk(DataSize size) {
            if (size.bytes() == 0) {
                throw ImageBytes.bad("Its disk would have no size at all.", "Transfer it again.");
            }
            if (size.compareTo(largestVirtual) > 0) {
                throw ImageBytes.hostile("Its disk would have %s.".formatted(size), "At most %s are taken.".formatted(largestVirtual));
            }
        }

        /** What a file of this length may become: compression helps an image, but not a thousandfold. */
        DataSize most(long length) {
            long grown = length > largest.bytes() / expansion ? largest.bytes() : length * expansion;
            return new DataSize(Math.min(largest.bytes(), Math.max(unpacked.bytes(), grown)));
        }
    }

    /** What was found sound: the file that holds it, and what it is. */
    public record Sound(Path path, ImageFile file) {}

    public Inspection(Rules rules) {
        this.rules = rules;
        this.qemuImg = new QemuImg(rules.patience());
    }

    /**
     * Any bytes are a raw disk. But what its name calls an image of another kind, and is none, came damaged or is something else, such as the page of a server that did not
     * find it. @param name where it comes from: a path, or a URL @throws Refused {@code IMAGE_FORMAT_MISMATCH}
     */
    public void requireAsNamed(Arrival arrival, String name) throws IOException {
        var named = Optional.ofNullable(NAMED.get(name.replaceFirst("[?#].*", "").replaceFirst(".*\\.", "").toLowerCase(Locale.ROOT)));
        if (named.isPresent() && arrival.length() > 0 && ImageHeader.read(arrival.file()).format().equals("raw")) {
            throw Refused.invalid("IMAGE_FORMAT_MISMATCH", "Its name says that it is %s, but it is not.".formatted(named.get()), "Look at what is there; if it is a raw disk all the same, say so: --format raw.");
        }
    }

    /** @throws Refused {@code IMAGE_HOSTILE}, {@code IMAGE_BAD}, {@code IMAGE_FORMAT_MISMATCH}, {@code IMAGE_DIGEST_MISMATCH} */
    public Sound disk(Arrival arrival, Optional<String> format, Optional<Digest> digest) throws IOException {
        var header = read(arrival, format, digest);
        if (header.format().equals("raw")) {
            ImageHeader.requireUnpacked(arrival.file());
        }
        rules.requireDisk(header.virtualSize());
        rules.requireDisk(qemuImg.virtualSize(arrival.file(), header.format()));
        var most = rules.most(arrival.length());
        return header.format().equals("qcow2") && isUsable(arrival.file(), header, most) ? sound(arrival.file(), header.virtualSize(), "qcow2")
                : converted(arrival, header.format(), most);
    }

    /** A CD, a kernel, a RAM disk: bytes that are taken as they are, and must not pass for anything else. */
    public Sound bytes(Arrival arrival, Optional<Digest> digest) throws IOException {
        var header = read(arrival, Optional.of("raw"), digest);
        return sound(arrival.file(), header.virtualSize(), "raw");
    }

    /** A larger copy of a qcow2 that was found sound before. */
    public Sound grown(Arrival arrival, Path from, DataSize size, LongConsumer progress) throws IOException {
        var copy = arrival.converted();
        copy(from, copy, progress);
        qemuImg.grow(copy, size);
        return sound(copy, qemuImg.virtualSize(copy, "qcow2"), "qcow2");
    }

    private static void copy(Path from, Path to, LongConsumer progress) throws IOException {
        try (var in = FileChannel.open(from); var out = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long at = 0, length = in.size(); at < length; progress.accept(at)) {
                at += in.transferTo(at, Math.min(TOLD_EVERY, length - at), out);
            }
        }
    }

    /** @throws Refused {@code IMAGE_HOSTILE} when no disk may be of that size */
    public void requireDisk(DataSize size) {
        rules.requireDisk(size);
    }

    private static ImageHeader read(Arrival arrival, Optional<String> format, Optional<Digest> digest) throws IOException {
        if (arrival.length() == 0) {
            throw ImageBytes.bad("It is empty.", "Transfer it again.");
        }
        if (digest.isPresent()) {
            digest.get().require(arrival.file());
        }
        var header = ImageHeader.read(arrival.file());
        return format.map(header::require).orElse(header);
    }

    private boolean isUsable(Path file, ImageHeader header, DataSize most) {
        var check = qemuImg.check(file);
        if (check.unpacked().compareTo(most) > 0) {
            throw QemuImg.unpacksTooFar(most);
        }
        return header.plain() && !check.leaks();
    }

    private Sound converted(Arrival arrival, String format, DataSize most) throws IOException {
        Files.deleteIfExists(arrival.converted());
        qemuImg.convert(arrival.file(), format, arrival.converted(), most);
        return sound(arrival.converted(), qemuImg.virtualSize(arrival.converted(), "qcow2"), "qcow2");
    }

    private static Sound sound(Path path, DataSize size, String format) throws IOException {
        try (var written = FileChannel.open(path, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        return new Sound(path, new ImageFile(Digest.sha256(path), Files.size(path), size, format));
    }
}
