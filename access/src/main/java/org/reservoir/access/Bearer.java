package org.reservoir.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * Secrets of tokens: {@code rsv_} and 256 random bits in base64url, so that a leaked one is recognised. They cannot be guessed, so a
 * plain SHA-256 of them is kept (RFC 6750 on their use; a slow hash is for passwords).
 */
final class Bearer {
    private static final String PREFIX = "rsv_";
    private static final int LENGTH = PREFIX.length() + 43;

    private Bearer() {}

    static String fresh(SecureRandom random) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The hash by which {@code secret} is kept; empty when it cannot be one of ours, whatever is kept. */
    static Optional<byte[]> hash(String secret) {
        return secret.length() == LENGTH && secret.startsWith(PREFIX) ? Optional.of(sha256(secret)) : Optional.empty();
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JDK without SHA-256", e);
        }
    }
}
