package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with certificates on both sides, against a real libvirtd that asks for them. */
@Tag("real")
class TlsTest {
    @TempDir
    private static Path folder;
    private static Authority ours;
    private static PrivateLibvirtd libvirtd;
    private static Path client;

    @BeforeAll
    static void start() throws Exception {
        ours = new Authority(folder, "ours");
        var server = ours.issue("server", "IP:127.0.0.1");
        client = ours.issue("client", "DNS:controller.example");
        libvirtd = PrivateLibvirtd.start(Optional.of(server));
    }

    @AfterAll
    static void stop() {
        libvirtd.close();
    }

    @Test
    void eachSideKnowsTheOther() {
        try (var host = LibvirtConnectionTest.open(libvirtd.tls("127.0.0.1", client))) {
            assertThat(host.domains(0)).hasSize(1);
            try (var second = host.another()) {
                assertThat(second.type()).isEqualTo("TEST");
            }
        }
    }

    @Test
    void aKeyAsCerttoolWritesItIsTaken() throws Exception {
        var old = Files.createDirectory(folder.resolve("pkcs1"));
        for (var file : new String[] {"cacert.pem", "clientcert.pem"}) {
            Files.copy(client.resolve(file), old.resolve(file));
        }
        run("openssl", "rsa", "-traditional", "-in", client.resolve("clientkey.pem").toString(), "-out", old.resolve("clientkey.pem").toString());
        assertThat(Files.readString(old.resolve("clientkey.pem"))).contains("BEGIN RSA PRIVATE KEY");
        try (var host = LibvirtConnectionTest.open(libvirtd.tls("127.0.0.1", old))) {
            assertThat(host.type()).isEqualTo("TEST");
        }
    }

    @Test
    void aClientOfAnotherAuthorityIsRefusedAndToldWhy() throws Exception {
        var stranger = new Authority(folder, "another").issue("client", "DNS:stranger.example");
        Files.copy(client.resolve("cacert.pem"), stranger.resolve("cacert.pem"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> LibvirtConnection.open(libvirtd.tls("127.0.0.1", stranger))).isInstanceOf(LibvirtFailure.Denied.class)
                .hasMessageContaining("does not take this side's certificate");
    }

    @Test
    void aHostOfAnotherAuthorityIsNotTrusted() throws Exception {
        var trusting = new Authority(folder, "elsewhere").issue("client", "DNS:controller.example");
        assertThatThrownBy(() -> LibvirtConnection.open(libvirtd.tls("127.0.0.1", trusting))).isInstanceOf(LibvirtFailure.Unreachable.class)
                .hasMessageContaining("no TLS with 127.0.0.1: its certificate is not trusted").hasMessageContaining("certification path").hasMessageNotContaining("sun.security");
    }

    @Test
    void aHostOfAnotherNameIsNotTrustedUnlessToldSo() {
        assertThatThrownBy(() -> LibvirtConnection.open(libvirtd.tls("localhost", client))).isInstanceOf(LibvirtFailure.Unreachable.class)
                .hasMessageContaining("localhost");
        try (var host = LibvirtConnectionTest.open(libvirtd.tls("localhost", client) + "&no_verify=1")) {
            assertThat(host.type()).isEqualTo("TEST");
        }
    }

    @Test
    void certificatesThatAreNotThereAreNamed() {
        assertThatThrownBy(() -> LibvirtConnection.open(libvirtd.tls("127.0.0.1", Path.of("/nowhere")))).isInstanceOf(LibvirtFailure.Unreachable.class)
                .hasMessageContaining("there is no file /nowhere/cacert.pem");
    }

    /** A certificate authority, made with the openssl command. */
    private record Authority(Path folder, String name) {
        Authority {
            try {
                Files.createDirectory(folder.resolve(name));
                run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + name, "-keyout", folder + "/" + name + "/ca.key",
                        "-out", folder + "/" + name + "/cacert.pem");
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
        }

        /** A folder with the authority's certificate, and a certificate and its key for this role. */
        Path issue(String role, String alternative) throws IOException {
            var its = Files.createDirectory(folder.resolve(name + "-" + role));
            Files.copy(folder.resolve(name).resolve("cacert.pem"), its.resolve("cacert.pem"));
            run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=" + role, "-keyout", its + "/" + role + "key.pem",
                    "-out", its + "/" + role + "cert.pem", "-CA", folder + "/" + name + "/cacert.pem", "-CAkey", folder + "/" + name + "/ca.key",
                    "-addext", "subjectAltName=" + alternative,
                    "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=digitalSignature,keyEncipherment",
                    "-addext", "extendedKeyUsage=" + role + "Auth");
            return its;
        }
    }

    static void run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }
}
