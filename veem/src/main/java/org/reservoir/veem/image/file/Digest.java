package org.reservoir.veem.image.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

import org.reservoir.kernel.Refused;

/** What a file is said to hold: {@code sha256:9f86d0…}. */
public record Digest(String algorithm, String hex) {
    private record Sort(String name, int digits) {}

    private static final Map<String, Sort> SORTS = Map.of("sha256", new Sort("SHA-256", 64), "sha512", new Sort("SHA-512", 128), "sha1", new Sort("SHA-1", 40), "md5", new Sort("MD5", 32));

    /** @throws Refused {@code BAD_DIGEST} */
    public static Digest parse(String text) {
        var parts = text.split(":", 2);
        var sort = SORTS.get(parts[0]);
        if (sort == null || parts.length != 2 || !parts[1].matches("[0-9a-fA-F]{%d}".formatted(sort.digits()))) {
            throw Refused.invalid("BAD_DIGEST", "'%s' is no digest.".formatted(text), "Write it like sha256:9f86d0… (sha256, sha512, sha1 or md5).");
        }
        return new Digest(parts[0], parts[1].toLowerCase(java.util.Locale.ROOT));
    }

    /** @throws Refused {@code IMAGE_DIGEST_MISMATCH} */
    public void require(Path file) throws IOException {
        var found = of(file, SORTS.get(algorithm).name());
        if (!found.equals(hex)) {
            throw Refused.invalid("IMAGE_DIGEST_MISMATCH", "Its %s is %s, not %s.".formatted(algorithm, found, hex), "It was damaged on its way, or is another file.");
        }
    }

    /** In lower-case hex, as images are named. */
    public static String sha256(Path file) throws IOException {
        return of(file, "SHA-256");
    }

    private static String of(Path file, String algorithm) throws IOException {
        try (var bytes = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance(algorithm);
            var buffer = new byte[1 << 18];
            for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is part of every JDK", e);
        }
    }
}
