package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostFacts.Feature;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;

/** Which hosts can sleep, how they are asked to, and what wakes them. */
class SleepTest {
    private final FakeLibvirtd libvirtd = new FakeLibvirtd();

    private LibvirtHost open() {
        return LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of("acceleration", "emulated"), InstantSource.system(), libvirtd::dial);
    }

    private void says(String powerManagement) {
        libvirtd.capabilities = libvirtd.capabilities.replace("<host>", "<host>" + powerManagement);
    }

    @ParameterizedTest
    @CsvSource({"<suspend_mem/><suspend_disk/><suspend_hybrid/>, MEM", "<suspend_disk/><suspend_hybrid/>, HYBRID", "<suspend_disk/>, DISK"})
    void aHostSleepsTheWayFromWhichItWakesSoonest(String ways, String depth) {
        says("<power_management>" + ways + "</power_management>");
        try (var host = open()) {
            assertThat(host.facts().features()).contains(Feature.SLEEP);
            host.sleep();
        }
        assertThat(libvirtd.calls).contains("suspendHost %s %d".formatted(depth, 7 * 24 * 3600));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<power_management/>"})
    void aHostThatSaysNothingOfSleepIsNotAsked(String nothing) {
        says(nothing);
        try (var host = open()) {
            assertThat(host.facts().features()).doesNotContain(Feature.SLEEP);
            assertThatThrownBy(host::sleep).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED));
        }
        assertThat(libvirtd.calls).noneMatch(call -> call.startsWith("suspendHost"));
    }

    @Test
    void theMagicPacketGoesToTheAddressThatTheOptionNames() throws Exception {
        try (var card = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            card.setSoTimeout(60_000);
            var hosts = new LibvirtHosts("lab");
            var address = new HostAddress("qemu+tcp://away/system", Map.of("wake", "52:54:00:aB:cd:ef@127.0.0.1:" + card.getLocalPort()));
            assertThat(hosts.wakes(address)).isTrue();
            hosts.wake(address);
            var packet = new DatagramPacket(new byte[200], 200);
            card.receive(packet);
            assertThat(HexFormat.of().formatHex(Arrays.copyOf(packet.getData(), packet.getLength()))).isEqualTo("ff".repeat(6) + "525400abcdef".repeat(16));
        }
    }

    @Test
    void aHostWithoutTheOptionIsNotWoken() {
        var address = new HostAddress("qemu+tcp://away/system", Map.of());
        assertThat(new LibvirtHosts("lab").wakes(address)).isFalse();
        assertThatThrownBy(() -> new LibvirtHosts("lab").wake(address)).isInstanceOf(HostFailure.class).hasMessageContaining("no option wake");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "52:54:00:12:34", "52:54:00:12:34:5g", "52:54:00:12:34:56@", "52:54:00:12:34:56@10.0.0.255:0", "52:54:00:12:34:56@10.0.0.255:70000", "52:54:00:12:34:56@no such host"})
    void whatIsNoMacAddressIsRefusedByName(String text) {
        assertThatThrownBy(() -> new LibvirtHosts("lab").wakes(new HostAddress("qemu+tcp://away/system", Map.of("wake", text))))
                .isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.REFUSED)).hasMessageContaining("wake=" + text);
    }
}
