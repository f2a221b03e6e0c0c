package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.HostCalls;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.libvirtrpc.PrivateLibvirtd;
import org.reservoir.libvirtrpc.Procedure;
import org.reservoir.libvirtrpc.XdrReader;
import org.reservoir.veeh.Heard;

/** The driver against a real libvirtd whose own test driver plays the hypervisor: all that libvirt checks without running anything. */
@Tag("real")
class TestDriverTest {
    private static final VeeId VEE = new VeeId(7);
    private static PrivateLibvirtd libvirtd;
    private VeeHost host;

    @BeforeAll
    static void start() {
        libvirtd = PrivateLibvirtd.start();
    }

    @AfterAll
    static void stop() {
        libvirtd.close();
    }

    @BeforeEach
    void open() {
        host = new LibvirtHosts("lab").open(new HostId(1), new HostAddress(libvirtd.unix("test", "/default"), Map.of("folder", libvirtd.folder() + "/pool")));
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void theHostTellsWhatItIs() {
        var facts = host.facts();
        assertThat(facts.hypervisor()).startsWith("TEST");
        assertThat(facts.acceleration()).isEqualTo(HostFacts.Acceleration.NONE);
        assertThat(facts.processors()).isPositive();
        assertThat(facts.features()).containsExactly(HostFacts.Feature.SNAPSHOTS);
        assertThat(host.reading().guests()).isEmpty();
    }

    /** By its own words: libvirt finds the procedure that was called, and its test driver has none such. */
    @Test
    void libvirtUnderstandsTheOrderToSleep() {
        try (var daemon = LibvirtConnection.open(libvirtd.unix("test", "/default"))) {
            assertThatThrownBy(() -> daemon.suspendHost(HostCalls.Sleep.MEM, 3600)).hasMessageContaining("virNodeSuspendForDuration");
        }
    }

    @Test
    void aGuestLives() {
        host.prepare(order(1), guest());
        host.start(order(2), guest());
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 2, GuestState.RUNNING));
        assertThat(host.census().strangers()).extracting(Census.Stranger::name).containsExactly("test");
        host.pause(order(3));
        assertThat(host.census().ours()).extracting(Census.Sighting::state).containsExactly(GuestState.PAUSED);
        host.unpause(order(4));
        host.save(order(5));
        assertThat(host.census().ours()).extracting(Census.Sighting::state).containsExactly(GuestState.SAVED);
        host.restore(order(6), guest());
        host.reboot(order(7), false);
        host.shutdown(order(8), true);
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 8, GuestState.SHUT_OFF));
        host.erase(order(9));
        host.erase(order(9));
        assertThat(host.census().ours()).isEmpty();
    }

    @Test
    void aLibvirtdThatDiesAndComesBackIsUsedAgain() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        host.watch(new Heard(heard));
        libvirtd.kill();
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("lost");
        libvirtd.launch();
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("regained");
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("missed");
        host.prepare(order(1), guest());
        host.start(order(1), guest());
        assertThat(host.census().ours()).hasSize(1);
        host.erase(order(2));
    }

    /** The words for the other hypervisors, read and checked against its schema by libvirt itself; only the kind of domain is exchanged. */
    @ParameterizedTest
    @EnumSource(Hypervisor.class)
    void libvirtTakesTheWordsForEachHypervisor(Hypervisor hypervisor) {
        var xml = new DomainXml(new Site("lab"), hypervisor, "test", "i686", "/pool", true, true).domain(guest(), 1);
        try (var connection = LibvirtConnection.open(libvirtd.unix("test", "/default"))) {
            int validate = 1;
            var domain = connection.call(Procedure.DOMAIN_DEFINE_XML_FLAGS, out -> out.text(xml).number(validate), XdrReader::domain);
            assertThat(connection.xml(domain, 0)).contains("reservoir-lab-vee-7");
            connection.undefine(domain, 0);
        }
    }

    private static Order order(long generation) {
        return new Order(VEE, generation, Duration.ofMinutes(1));
    }

    private static Guest guest() {
        var disk = new Disk(0, new Disk.Content.Blank(), DataSize.mebibytes(8), Disk.Bus.VIRTIO, false, Optional.empty());
        return new Guest(VEE, "web", 1, 1, Cpus.of(1), DataSize.mebibytes(64), DataSize.mebibytes(64), new Guest.Boot.FromDisk(), List.of(disk), List.of(),
                Map.of(), false);
    }
}
