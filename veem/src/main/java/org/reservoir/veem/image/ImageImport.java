package org.reservoir.veem.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.image.file.Arrival;
import org.reservoir.veem.image.file.Digest;
import org.reservoir.veem.image.file.Download;
import org.reservoir.veem.image.file.Inspection;
import org.reservoir.veem.image.file.Interrupted;
import org.reservoir.veem.kept.ImageTable;

/** Brings the bytes of an image in — from a file, a URL, an upload — and has them inspected. Goes on where it was cut off. */
public final class ImageImport {
    private static final Set<String> FORMATS = Set.of("qcow2", "raw", "vmdk", "vdi", "vpc", "vhdx");

    private final Path folder;
    private final Rules rules;
    private final Inspection inspection;

    /** @param sources folders from which files may be imported */
    public record Rules(List<Path> sources, Inspection.Rules inspection, Download.Limits download) {
        public static Rules of(List<Path> sources) {
            return new Rules(sources, Inspection.Rules.USUAL, Download.Limits.USUAL);
        }
    }

    /** @param folder for what is on its way */
    public ImageImport(Path folder, Rules rules) {
        this.folder = folder;
        this.rules = rules;
        this.inspection = new Inspection(rules.inspection());
    }

    /** @throws Refused when the request cannot be fulfilled, whatever the bytes are */
    void require(ImageRequest request) {
        request.format().filter(format -> !FORMATS.contains(format)).ifPresent(format -> {
            throw Refused.invalid("BAD_IMAGE_FORMAT", "'%s' is no image format.".formatted(format), "Choose from " + String.join(", ", FORMATS.stream().sorted().toList()) + ", or none.");
        });
        if (request.kind() != Image.Kind.DISK && (request.persistent() || request.format().filter(format -> !format.equals("raw")).isPresent())) {
            throw Refused.invalid("BAD_IMAGE", "Only a disk can be persistent or of a format other than raw.", "Leave that out, or make it a DISK.");
        }
        request.digest().ifPresent(Digest::parse);
        request.source().ifPresent(source -> {
            if (remote(source)) {
                web(source);
            } else {
                allowed(source);
            }
        });
    }

    private static boolean remote(String source) {
        return source.contains("://");
    }

    private static URI web(String source) {
        try {
            return Download.requireWeb(URI.create(source));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("IMAGE_SOURCE_NOT_ALLOWED", "'%s' is no address.".formatted(source), "Give an http:// or https:// address.");
        }
    }

    /** Only below the folders that the site names, symbolic links resolved: else anybody could read any file of the site. */
    private Path allowed(String source) {
        try {
            var real = Path.of(source).toRealPath();
            for (var allowed : rules.sources()) {
                if (Files.isDirectory(allowed) && real.startsWith(allowed.toRealPath()) && Files.isRegularFile(real)) {
                    return real;
                }
            }
        } catch (IOException | java.nio.file.InvalidPathException _) {
            // told below: whether it exists is nobody's business
        }
        throw Refused.invalid("IMAGE_SOURCE_NOT_ALLOWED", "%s is no file that may be imported.".formatted(source),
                rules.sources().isEmpty() ? "Upload it instead." : "Put it below %s, or upload it.".formatted(String.join(" or ", rules.sources().stream().map(Path::toString).toList())));
    }

    // ---- bytes

    private Arrival arrival(String name) {
        return new Arrival(folder.resolve(name), rules.inspection().largest());
    }

    /** How many bytes of an upload have come. */
    DataSize arrived(ImageId image) {
        try {
            return new DataSize(arrival(image.toString()).length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    DataSize append(ImageId image, long offset, InputStream bytes, LongConsumer progress) throws IOException {
        return arrival(image.toString()).append(offset, bytes, progress);
    }

    private void fetch(ImageTable.Row image, Arrival arrival, LongConsumer progress) throws IOException {
        var source = image.source().orElseThrow();
        if (remote(source)) {
            new Download(web(source), arrival, image.wantedDigest().isPresent(), image.trusted(), rules.download()).run(progress);
            return;
        }
        try (var bytes = Files.newInputStream(allowed(source), LinkOption.NOFOLLOW_LINKS)) {
            arrival.append(0, bytes, progress);
        }
    }

    // ---- what they are

    /** What is done with an image that was found sound, while its file is still there. */
    interface Shelf {
        void take(Inspection.Sound sound) throws IOException;
    }

    /** Fetches and inspects it, and has it shelved. Done again after a crash at any moment, it ends the same. @throws Refused saying what is wrong with the image or its source */
    void bringIn(ImageTable.Row image, LongConsumer progress, Shelf shelf) {
        var arrival = arrival(image.id().toString());
        try {
            if (image.source().isPresent()) {
                fetch(image, arrival, progress);
                if (image.kind() == Image.Kind.DISK && image.wantedFormat().isEmpty()) {
                    inspection.requireAsNamed(arrival, image.source().get());
                }
            }
            var digest = image.wantedDigest().map(Digest::parse);
            shelve(arrival, image.kind(), image.wantedFormat(), digest, shelf);
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    /** A disk that came from a host. @param name of its file among those that are on their way */
    void bringIn(String name, Shelf shelf) throws IOException {
        shelve(arrival(name), Image.Kind.DISK, Optional.of("qcow2"), Optional.empty(), shelf);
    }

    /** @throws Refused when no disk may be of that size */
    void requireDisk(DataSize size) {
        inspection.requireDisk(size);
    }

    /** A stored disk that is to grow. @param name of its file while it is on its way @throws Refused when it cannot be as large */
    void grow(String name, Path from, DataSize size, LongConsumer progress, Shelf shelf) {
        var arrival = arrival(name);
        try {
            arrival.alone(file -> {
                shelf.take(inspection.grown(arrival, from, size, progress));
                return file;
            });
            arrival.forget();
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    private void shelve(Arrival arrival, Image.Kind kind, Optional<String> format, Optional<Digest> digest, Shelf shelf) throws IOException {
        arrival.alone(_ -> {
            var sound = kind == Image.Kind.DISK ? inspection.disk(arrival, format, digest) : inspection.bytes(arrival, digest);
            shelf.take(sound);
            return sound;
        });
        arrival.forget();
    }

    private static RuntimeException trouble(IOException e) {
        return Thread.currentThread().isInterrupted() ? Interrupted.now(e) :
                Refused.unavailable("IMAGE_STORE_TROUBLE", "The image store: " + e.getMessage(), "Is its disk full?");
    }

    void forget(String name) {
        try {
            arrival(name).forget();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
