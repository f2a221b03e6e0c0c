package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;

/** Beyond loopback the gateway speaks TLS: a certificate that the JDK's own tool made. */
class TlsTest {
    private static final String PASSWORD = "certainly";

    @TempDir
    private Path folder;

    @Test
    void overTlsTheSameIsAnswered() throws IOException, InterruptedException, GeneralSecurityException {
        var store = store();
        var options = new RestOptions("0.0.0.0", 0, Optional.of(new RestOptions.Tls(store, Optional.empty(), PASSWORD)), false, false, 512, 200, Duration.ofSeconds(20));
        try (var site = new TestSite(options); var socket = trusting(store, site.uri().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET /api/veem/v1/vees HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n".formatted(site.token).getBytes());
            assertThat(new String(socket.getInputStream().readAllBytes())).startsWith("HTTP/1.1 200").endsWith("{\"items\":[]}");
            assertThat(socket.getSession().getProtocol()).startsWith("TLSv1.");
        }
    }

    @Test
    void aCertificateThatCannotBeReadIsSaidSoAtOnce() {
        var tls = new RestOptions.Tls(folder.resolve("nothing.p12"), Optional.empty(), PASSWORD);
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(Refused.class, () -> new TestSite(RestOptions.LOCAL.secured(tls))).code()).isEqualTo("BAD_CERTIFICATE");
    }

    private Path store() throws IOException, InterruptedException {
        var file = folder.resolve("site.p12");
        var made = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "site", "-keyalg", "EC", "-dname", "CN=localhost",
                "-ext", "san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD).redirectErrorStream(true).start();
        var told = new String(made.getInputStream().readAllBytes());
        assertThat(made.waitFor()).as(told).isZero();
        return file;
    }

    private static SSLSocket trusting(Path store, int port) throws IOException, GeneralSecurityException {
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("site", keys.getCertificate("site"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    }
}
