package org.reservoir.veem;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;

/** Brings the bytes of an image in — from a file, a URL, an upload — finds out whether they are sound, and stores them. Goes on where it was cut off. */
final class ImageImport {
    private static final Set<String> FORMATS = Set.of("qcow2", "raw", "vmdk", "vdi", "vpc", "vhdx");
    private static final Map<String, String> DIGESTS = Map.of("sha256", "SHA-256", "sha512", "SHA-512", "sha1", "SHA-1", "md5", "MD5");
    private static final int TRIES = 5;

    private final Path folder;
    private final Rules rules;
    private final QemuImg qemuImg;

    /**
     * @param sources       folders from which files may be imported
     * @param largest       file that is taken
     * @param largestVirtual disk that is taken
     * @param patience      for one run of qemu-img
     */
    record Rules(List<Path> sources, DataSize largest, DataSize largestVirtual, Duration patience) {}

    ImageImport(Path folder, Rules rules) {
        this.folder = folder;
        this.rules = rules;
        this.qemuImg = new QemuImg(rules.patience());
    }

    /** @throws Refused when the request cannot be fulfilled, whatever the bytes are */
    void require(ImageRequest request, Caller caller) {
        request.format().filter(format -> !FORMATS.contains(format)).ifPresent(format -> {
            throw Refused.invalid("BAD_IMAGE_FORMAT", "'%s' is no image format.".formatted(format), "Choose from " + String.join(", ", FORMATS.stream().sorted().toList()) + ", or none.");
        });
        request.digest().ifPresent(ImageImport::digest);
        request.source().filter(source -> !remote(source)).ifPresent(source -> requireAllowed(Path.of(source), caller));
    }

    private static boolean remote(String source) {
        return source.startsWith("http://") || source.startsWith("https://");
    }

    /** Only below the folders that the site names, symbolic links resolved: else anybody could read any file of the site. */
    private void requireAllowed(Path source, Caller caller) {
        try {
            var real = source.toRealPath();
            for (var allowed : rules.sources()) {
                if (Files.isDirectory(allowed) && real.startsWith(allowed.toRealPath()) && Files.isRegularFile(real)) {
                    return;
                }
            }
        } catch (IOException _) {
            // told below: whether it exists is nobody's business
        }
        throw Refused.invalid("IMAGE_SOURCE_NOT_ALLOWED", "%s is no file that may be imported.".formatted(source),
                rules.sources().isEmpty() ? "Upload it instead." : "Put it below %s, or upload it.".formatted(String.join(" or ", rules.sources().stream().map(Path::toString).toList())));
    }

    // ---- bytes

    private Path arriving(ImageId image) {
        return folder.resolve("arriving").resolve(image.toString());
    }

    void forget(ImageId image) {
        try {
            Files.deleteIfExists(arriving(image));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws Refused {@code WRONG_OFFSET} when {@code offset} is not where the file ends, {@code TOO_LARGE} */
    DataSize append(ImageId image, long offset, InputStream bytes) {
        var file = arriving(image);
        try {
            long has = Files.exists(file) ? Files.size(file) : 0;
            if (has != offset) {
                throw Refused.conflict("WRONG_OFFSET", "%s has %d bytes; %d cannot follow.".formatted(image, has, offset), "Go on from offset %d.".formatted(has));
            }
            return copy(bytes, file, has, _ -> {});
        } catch (IOException e) {
            throw Refused.unavailable("UPLOAD_CUT_OFF", "The upload of %s was cut off: %s".formatted(image, e.getMessage()), "Ask where it stands, and go on from there.");
        }
    }

    private DataSize copy(InputStream bytes, Path file, long has, Consumer<DataSize> progress) throws IOException {
        long done = has;
        long told = done;
        try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            var buffer = new byte[1 << 18];
            for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                done += n;
                if (done > rules.largest().bytes()) {
                    throw new Refused(Refused.Kind.TOO_LARGE, "IMAGE_TOO_LARGE", "The image is larger than %s.".formatted(rules.largest()), "Ask the administrator to allow more.");
                }
                out.write(buffer, 0, n);
                if (done - told >= 16 << 20) {
                    progress.accept(new DataSize(done));
                    told = done;
                }
            }
        }
        return new DataSize(done);
    }

    private void fetch(ImageTable.Row image, String source, Consumer<DataSize> progress) {
        for (int attempt = 1; ; attempt++) {
            try {
                if (remote(source)) {
                    download(URI.create(source), arriving(image.id()), progress);
                } else {
                    Files.copy(Path.of(source), arriving(image.id()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
                return;
            } catch (IOException | IllegalArgumentException failure) {
                if (attempt == TRIES || failure instanceof IllegalArgumentException) {
                    throw Refused.unavailable("IMAGE_SOURCE_UNREACHABLE", "%s cannot be read: %s".formatted(source, failure), "Check the address, then import it again.");
                }
                pause(attempt);
            }
        }
    }

    /** Goes on from where an earlier try stopped, when the server can. */
    private void download(URI source, Path file, Consumer<DataSize> progress) throws IOException {
        long has = Files.exists(file) ? Files.size(file) : 0;
        var request = HttpRequest.newBuilder(source).timeout(Duration.ofMinutes(2));
        if (has > 0) {
            request.header("Range", "bytes=%d-".formatted(has));
        }
        try (var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).followRedirects(HttpClient.Redirect.NORMAL).build()) {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                if (response.statusCode() == HttpURLConnection.HTTP_OK) {
                    Files.deleteIfExists(file);
                    copy(body, file, 0, progress);
                } else if (response.statusCode() == HttpURLConnection.HTTP_PARTIAL) {
                    copy(body, file, has, progress);
                } else if (response.statusCode() != 416) {
                    throw new IOException("HTTP status " + response.statusCode());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(Duration.ofSeconds(1L << attempt));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- finding out what they are

    /** Fetches, checks, converts and stores. @throws Refused saying what is wrong with the image or its source */
    ImageFile bringIn(ImageTable.Row image, Consumer<DataSize> progress) {
        image.source().ifPresent(source -> fetch(image, source, progress));
        var file = arriving(image.id());
        try {
            if (!Files.exists(file) || Files.size(file) == 0) {
                throw Refused.invalid("IMAGE_BAD", "It is empty.", "Transfer it again.");
            }
            image.wantedDigest().ifPresent(wanted -> requireDigest(file, wanted));
            var header = ImageHeader.read(start(file));
            image.wantedFormat().filter(wanted -> !wanted.equals(header.format()) && !wanted.equals("raw")).ifPresent(wanted -> {
                throw Refused.invalid("IMAGE_BAD", "It is said to be %s, but is %s.".formatted(wanted, header.format()), "Give the right format, or none.");
            });
            return store(file, image.kind(), image.kind() == Image.Kind.DISK ? image.wantedFormat().orElse(header.format()) : "raw");
        } catch (IOException e) {
            throw Refused.unavailable("IMAGE_STORE_TROUBLE", "The image store: " + e.getMessage(), "Is its disk full?");
        }
    }

    private static byte[] start(Path file) throws IOException {
        try (var bytes = Files.newInputStream(file)) {
            return bytes.readNBytes(ImageHeader.LENGTH);
        }
    }

    /** Moves a file into the store: a disk as qcow2, everything else as it is. */
    ImageFile store(Path file, Image.Kind kind, String format) throws IOException {
        if (kind != Image.Kind.DISK) {
            return shelve(file, "raw", new DataSize(Files.size(file)));
        }
        var size = qemuImg.virtualSize(file, format);
        if (size.compareTo(rules.largestVirtual()) > 0) {
            throw Refused.invalid("IMAGE_HOSTILE", "Its disk would have %s.".formatted(size), "At most %s are taken.".formatted(rules.largestVirtual()));
        }
        if (format.equals("qcow2")) {
            qemuImg.check(file);
            return shelve(file, format, size);
        }
        var converted = file.resolveSibling(file.getFileName() + ".qcow2");
        qemuImg.convert(file, format, converted, rules.largest());
        Files.delete(file);
        return shelve(converted, "qcow2", size);
    }

    private ImageFile shelve(Path file, String format, DataSize size) throws IOException {
        var digest = HexFormat.of().formatHex(digest(file, "SHA-256"));
        var length = Files.size(file);
        ImageStore.move(file, folder.resolve("stored").resolve(digest));
        return new ImageFile(digest, length, size, format);
    }

    private static String[] digest(String text) {
        var parts = text.split(":", 2);
        if (parts.length != 2 || !DIGESTS.containsKey(parts[0]) || !parts[1].matches("[0-9a-fA-F]{32,128}")) {
            throw Refused.invalid("BAD_DIGEST", "'%s' is no digest.".formatted(text), "Write it like sha256:9f86d0…");
        }
        return parts;
    }

    private static void requireDigest(Path file, String wanted) {
        var parts = digest(wanted);
        try {
            var found = HexFormat.of().formatHex(digest(file, DIGESTS.get(parts[0])));
            if (!found.equalsIgnoreCase(parts[1])) {
                throw Refused.invalid("IMAGE_DIGEST_MISMATCH", "Its %s is %s, not %s.".formatted(parts[0], found, parts[1]), "It was damaged on its way, or is another file.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] digest(Path file, String algorithm) throws IOException {
        try (var bytes = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance(algorithm);
            var buffer = new byte[1 << 18];
            for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is part of every JDK", e);
        }
    }
}
