package org.reservoir.monitoring.wire;

import java.net.InetSocketAddress;
import java.util.Optional;

import javax.net.ssl.SSLContext;

import org.reservoir.kernel.Refused;

/** How the two ends of a connection know each other and keep others from reading. */
public sealed interface Protection {
    /** Not at all: within one machine. */
    record None() implements Protection {}

    /** Both hold the same secret of at least 16 bytes: frames are sealed under keys made of it anew for each connection. */
    record SharedKey(byte[] key) implements Protection {
        public SharedKey {
            if (key.length < 16) {
                throw Refused.invalid("BAD_KEY", "A key of %d bytes is too short.".formatted(key.length), "Give at least 16 random bytes.");
            }
        }
    }

    /** TLS, in which each shows a certificate that the other's trust store vouches for; the listener's must name its host. */
    record Certificates(SSLContext context) implements Protection {}

    /** TLS, in which the listener alone shows a certificate; whoever comes shows that it holds its key, as with {@link SharedKey} and within. */
    record CertificateAndKey(SSLContext context, byte[] key) implements Protection {}

    /** The TLS of it, if there is. */
    default Optional<SSLContext> tls() {
        return switch (this) {
            case Certificates(var context) -> Optional.of(context);
            case CertificateAndKey(var context, _) -> Optional.of(context);
            case None _, SharedKey _ -> Optional.empty();
        };
    }

    /** The key of it, if there is. */
    default Optional<byte[]> secret() {
        return switch (this) {
            case SharedKey(var key) -> Optional.of(key);
            case CertificateAndKey(_, var key) -> Optional.of(key);
            case None _, Certificates _ -> Optional.empty();
        };
    }

    /** @throws Refused {@code KEY_REQUIRED} when measurements would leave the machine unprotected */
    default void check(InetSocketAddress address) {
        if (this instanceof None && !address.getAddress().isLoopbackAddress()) {
            throw Refused.invalid("KEY_REQUIRED", "Measurements do not leave this machine unprotected (%s).".formatted(address), "Give both ends the same key, or certificates.");
        }
    }
}
