package org.reservoir.alarms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.reservoir.monitoring.wire.LinkWords;

/** Mail under TLS, with a password, to a server whose certificate a file vouches for. */
class InternetPostTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Optional<InternetPost.Login> LOGIN = Optional.of(new InternetPost.Login("reservoir", "open sesame"));

    @TempDir
    private static Path folder;
    private static SSLContext certificate;
    private static SSLContext trust;

    @BeforeAll
    static void makeCertificate() throws Exception {
        var store = folder.resolve("localhost.p12");
        keytool("-genkeypair", "-alias", "it", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storetype", "PKCS12", "-keystore", store.toString());
        keytool("-exportcert", "-rfc", "-alias", "it", "-keystore", store.toString(), "-file", folder.resolve("localhost.pem").toString());
        var keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        certificate = SSLContext.getInstance("TLS");
        certificate.init(managers.getKeyManagers(), null, null);
        trust = LinkWords.trusting(Optional.of(folder.resolve("localhost.pem")));
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", new String(PASSWORD)));
        var tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertThat(tool.inputReader().lines().toList()).isNotNull();
        assertThat(tool.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"smtp", "smtps"})
    void aMailWithAPasswordGoesUnderTlsToWhomTheFileVouchesFor(String scheme) throws Exception {
        try (var server = new MailSink(Optional.of(certificate), scheme.equals("smtps"))) {
            new InternetPost(Optional.of(server.settings(scheme, LOGIN, trust))).mail("ops@example.org", "hot", "it is");
            assertThat(server.mails.poll(60, TimeUnit.SECONDS)).contains("AUTH reservoir reservoir open sesame", "RCPT TO:<ops@example.org>", "Subject: hot");
            assertThatThrownBy(() -> new InternetPost(Optional.of(server.settings(scheme, LOGIN))).mail("ops@example.org", "hot", "it is")).as("nobody vouches for it").isInstanceOf(IOException.class);
        }
    }

    @Test
    void aWebhookThatIsNotThereIsSaidNotToAnswer() throws Exception {
        int free;
        try (var socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() -> new InternetPost(Optional.empty()).webhook("http://127.0.0.1:%d/hook".formatted(free), "{}", "")).isInstanceOf(IOException.class).hasMessage("nobody answers there");
    }

    @Test
    void aPasswordIsNotSentInTheClear() throws Exception {
        try (var server = new MailSink()) {
            assertThatThrownBy(() -> new InternetPost(Optional.of(server.settings("smtp", LOGIN, trust))).mail("ops@example.org", "hot", "it is")).isInstanceOf(IOException.class).hasMessageContaining("STARTTLS");
            assertThat(server.mails).isEmpty();
        }
    }
}
