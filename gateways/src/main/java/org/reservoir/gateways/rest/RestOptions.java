package org.reservoir.gateways.rest;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import javax.net.ssl.SSLContext;

import org.reservoir.kernel.Refused;

/**
 * Where the REST gateway listens and how much it takes.
 *
 * @param address                the local address to listen on
 * @param port                   0 for any free one
 * @param tls                    certificate and key; empty for plain HTTP
 * @param plainBeyondLoopback    whether plain HTTP may be heard by other machines, which then can read tokens on the wire
 * @param openMetrics            whether {@code /metrics} answers without a token
 * @param connectionsPerAddress  at once; one address more is closed
 * @param eventStreams           at once; one user may have a tenth of them, but ten in any case
 * @param patience               how long the head of a request may take to arrive; a body may take this and a second for each kilobyte
 */
public record RestOptions(String address, int port, Optional<Tls> tls, boolean plainBeyondLoopback, boolean openMetrics, int connectionsPerAddress,
                          int eventStreams, Duration patience) {
    public static final RestOptions LOCAL = on("127.0.0.1", 0);

    /**
     * PEM or PKCS12 files.
     *
     * @param certificate PEM certificate chain, or a PKCS12 file that holds key and chain
     * @param key         PEM private key (PKCS #8); empty with PKCS12
     * @param password    of the PKCS12 file; empty for none
     */
    public record Tls(Path certificate, Optional<Path> key, String password) {
        /** TLS of a server that shows this certificate, for protocols other than HTTP. @throws org.reservoir.kernel.Refused {@code BAD_CERTIFICATE} */
        public SSLContext context() {
            return Certificates.context(this);
        }
    }

    public static RestOptions on(String address, int port) {
        return new RestOptions(address, port, Optional.empty(), false, false, 512, 200, Duration.ofSeconds(20));
    }

    public RestOptions secured(Tls with) {
        return new RestOptions(address, port, Optional.of(with), plainBeyondLoopback, openMetrics, connectionsPerAddress, eventStreams, patience);
    }

    public RestOptions plainBeyondLoopback(boolean allowed) {
        return new RestOptions(address, port, tls, allowed, openMetrics, connectionsPerAddress, eventStreams, patience);
    }

    public RestOptions openMetrics(boolean open) {
        return new RestOptions(address, port, tls, plainBeyondLoopback, open, connectionsPerAddress, eventStreams, patience);
    }

    /** @throws Refused {@code PLAIN_HTTP} when tokens would cross a network in the clear */
    void check() {
        try {
            if (tls.isEmpty() && !plainBeyondLoopback && !InetAddress.getByName(address).isLoopbackAddress()) {
                throw Refused.invalid("PLAIN_HTTP", "Listening on %s without TLS would send tokens in the clear.".formatted(address),
                        "Give a certificate and key, listen on 127.0.0.1, or allow plain HTTP on purpose (behind a proxy that ends TLS).");
            }
        } catch (UnknownHostException _) {
            throw Refused.invalid("BAD_ADDRESS", "'%s' is no address of this machine.".formatted(address), "");
        }
    }
}
