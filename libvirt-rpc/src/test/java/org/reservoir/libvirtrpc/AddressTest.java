package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "qemu:///system, UNIX, qemu:///system",
        "qemu+unix:///system?socket=/tmp/s, UNIX, qemu:///system",
        "qemu+tcp://h/system, TCP, qemu:///system",
        "qemu+tcp://h, TCP, qemu:///system",
        "qemu://h/system, TLS, qemu:///system",
        "qemu+tls://h/system?pkipath=/p&no_verify=1, TLS, qemu:///system",
        "qemu+ssh://me@h:2222/session?keyfile=/k, SSH, qemu:///session",
        "test:///default, UNIX, test:///default",
        "xen:///system, UNIX, xen:///system",
        "xen+tls://h/system?mode=auto, TLS, xen:///system?mode=auto",
        "vbox:///session, UNIX, vbox:///session",
        "esx://root@esx1/?no_verify=1, UNIX, esx://root@esx1/?no_verify=1",
        "esx+unix://root@esx1:8443/?no_verify=1&socket=/s&transport=http, UNIX, esx://root@esx1:8443/?no_verify=1&transport=http",
        "esx://esx1, UNIX, esx://esx1",
        "vpx://u@vc/dc/cluster/esx1, UNIX, vpx://u@vc/dc/cluster/esx1",
        "vpx://AD%5Cu@vc/dc%201/esx1?authfile=/a%20b, UNIX, vpx://AD%5Cu@vc/dc%201/esx1?authfile=/a%20b",
    })
    void aUriNamesAWayAndWhatIsOpenedThere(String uri, Address.Way way, String local) {
        assertThat(Address.of(uri).way()).isEqualTo(way);
        assertThat(Address.of(uri).local()).isEqualTo(local);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "qemu+carrier-pigeon://h/system", "qemu+tcp:///system", "qemu:// /", "://"})
    void whatNamesNoHostIsRefused(String uri) {
        assertThatThrownBy(() -> Address.of(uri)).isInstanceOf(LibvirtFailure.BadAddress.class).hasMessageContaining("'" + uri + "'");
    }

    @Test
    void aHostOfManySmallDaemonsIsFoundToo() {
        assertThat(Address.of("qemu:///system").sockets()).containsExactly("/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock");
        assertThat(Address.of("qemu+unix:///system?socket=/x").sockets()).containsExactly("/x");
    }

    @Test
    void sshRunsLibvirtsOwnHelperAndNeverAsksAnybody() {
        var command = SshTransport.command(Address.of("qemu+ssh://me@h:2222/system?keyfile=/k&no_verify=1"), ConnectOptions.DEFAULT);
        assertThat(command).startsWith("ssh", "-T").containsSequence("-o", "BatchMode=yes").containsSequence("-o", "StrictHostKeyChecking=no")
                .containsSequence("-i", "/k").containsSequence("-p", "2222").containsSequence("--", "me@h");
        assertThat(command.getLast()).contains("virt-ssh-helper", "qemu:///system");
        assertThat(command).doesNotContain("-q");
    }

    /** The path goes through two shells, the host's own and the one that is asked for. */
    @Test
    void aSocketsNameCannotBecomeACommand() throws Exception {
        var hostile = "/tmp/a'; touch /tmp/x; '";
        var address = new Address(java.net.URI.create("qemu+ssh://h/system"), Address.Way.SSH, java.util.Map.of("socket", hostile));
        var remote = SshTransport.command(address, ConnectOptions.DEFAULT).getLast().replace("command -v nc", "true").replace("exec nc", "exec echo");
        var process = new ProcessBuilder("sh", "-c", remote).redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes()).strip()).isEqualTo("-U " + hostile);
    }
}
