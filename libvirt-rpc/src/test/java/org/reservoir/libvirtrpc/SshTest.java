package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AuthorizedKeyEntriesPublickeyAuthenticator;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.shell.InvertedShellWrapper;
import org.apache.sshd.server.shell.ProcessShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system's ssh client, an ssh server of the test's own that runs what it is asked for, and a real libvirtd behind it. */
@Tag("real")
class SshTest {
    @TempDir
    private Path folder;
    private PrivateLibvirtd libvirtd;
    private SshServer server;

    @BeforeEach
    void start() throws Exception {
        libvirtd = PrivateLibvirtd.start();
        TlsTest.run("ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", folder.resolve("key").toString());
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider(folder.resolve("hostkey")));
        var known = AuthorizedKeyEntry.parseAuthorizedKeyEntry(Files.readString(folder.resolve("key.pub")).strip());
        server.setPublickeyAuthenticator(new AuthorizedKeyEntriesPublickeyAuthenticator("known", null, List.of(known), PublicKeyEntryResolver.IGNORING));
        server.setCommandFactory((_, command) -> new InvertedShellWrapper(new ProcessShell("sh", "-c", "PATH=%s:$PATH; %s".formatted(folder.resolve("bin"), command))));
        server.start();
        relay("nc", "shift; exec %s \"$1\"".formatted(Relay.command()));
    }

    private void relay(String name, String script) throws IOException {
        var bin = Files.createDirectories(folder.resolve("bin"));
        var file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(true);
        libvirtd.close();
    }

    private String uri(String more) {
        return "test+ssh://somebody@127.0.0.1:%d/default?no_verify=1&keyfile=%s%s".formatted(server.getPort(), folder.resolve("key"), more);
    }

    private ConnectOptions options() {
        return ConnectOptions.DEFAULT.patience(Duration.ofMinutes(1)).ssh(List.of("ssh", "-F", "none", "-o", "UserKnownHostsFile=/dev/null"));
    }

    @Test
    void aHostIsReachedThroughSsh() {
        try (var host = LibvirtConnection.open(uri("&socket=%s/libvirt-sock".formatted(libvirtd.folder())), options())) {
            assertThat(host.type()).isEqualTo("TEST");
            assertThat(host.domains(0)).hasSize(1);
            assertThat(host.isOpen()).isTrue();
        }
    }

    @Test
    void libvirtsOwnHelperIsUsedWhereTheHostHasIt() throws IOException {
        relay("virt-ssh-helper", "[ \"$1\" = test:///default ] && exec nc -U %s/libvirt-sock".formatted(libvirtd.folder()));
        try (var host = LibvirtConnection.open(uri(""), options())) {
            assertThat(host.type()).isEqualTo("TEST");
        }
    }

    @Test
    void whatSshComplainsAboutIsPassedOn() throws Exception {
        TlsTest.run("ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", folder.resolve("stranger").toString());
        assertThatThrownBy(() -> LibvirtConnection.open(uri("").replace(folder + "/key", folder + "/stranger"), options()))
                .isInstanceOf(LibvirtFailure.Denied.class).hasMessageContaining("with the words: ").hasMessageContaining("Permission denied").hasMessageNotContaining("Permanently added");
        assertThatThrownBy(() -> LibvirtConnection.open(uri("&socket=/nowhere"), options()))
                .isInstanceOf(LibvirtFailure.Unreachable.class).hasMessageContaining("/nowhere: No such file");
        assertThatThrownBy(() -> LibvirtConnection.open(uri(""), options().ssh(List.of("/nowhere/ssh"))))
                .isInstanceOf(LibvirtFailure.Unreachable.class).hasMessageContaining("/nowhere/ssh");
    }

    @Test
    void aKeyThatNobodyHasVerifiedIsNotRemembered() {
        assertThat(SshTransport.command(Address.of("qemu+ssh://h/system?no_verify=1"), ConnectOptions.DEFAULT)).contains("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null");
        assertThat(SshTransport.command(Address.of("qemu+ssh://h/system"), ConnectOptions.DEFAULT)).doesNotContain("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null");
    }

    @Test
    void theEndOfTheSshClientIsTheEndOfTheConnection() throws Exception {
        var lost = new LinkedBlockingQueue<String>();
        try (var host = LibvirtConnection.open(uri("&socket=%s/libvirt-sock".formatted(libvirtd.folder())), options())) {
            host.onClosed(lost::add);
            server.stop(true);
            assertThat(lost.poll(1, TimeUnit.MINUTES)).isNotNull();
        }
    }
}
