package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a real libvirtd: its test driver for domains, its storage driver for bytes. */
@Tag("real")
class LibvirtConnectionTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static PrivateLibvirtd libvirtd;

    @BeforeAll
    static void start() {
        libvirtd = PrivateLibvirtd.start();
    }

    @AfterAll
    static void stop() {
        libvirtd.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "tcp"})
    void aDomainLivesAndItsEventsAreHeard(String way) throws InterruptedException {
        var uri = way.equals("unix") ? libvirtd.unix("test", "/default") : libvirtd.tcp("test", "/default");
        try (var host = open(uri)) {
            assertThat(host.type()).isEqualTo("TEST");
            assertThat(host.node().cpus()).isPositive();
            assertThat(host.capabilities()).contains("<capabilities>");
            var events = new LinkedBlockingQueue<DomainEvent>();
            host.listen(events::add);
            var domain = host.define("<domain type='test'><name>lives</name><memory>8192</memory><os><type>hvm</type></os></domain>");
            assertThat(domain.active()).isFalse();
            host.create(domain, 0);
            var running = host.domain(domain.uuid()).orElseThrow();
            assertThat(running.active()).isTrue();
            assertThat(host.state(running).state()).isEqualTo(Flags.STATE_RUNNING);
            host.suspend(running);
            assertThat(host.state(running).state()).isEqualTo(Flags.STATE_PAUSED);
            host.resume(running);
            assertThat(host.domains(1)).contains(running);
            assertThat(host.stats(0, 0)).extracting(DomainCalls.Stats::domain).contains(running);
            host.destroy(running);
            host.destroy(running);
            host.undefine(running, 0);
            host.undefine(running, 0);
            assertThat(host.domain(domain.uuid())).isEmpty();
            for (int event : List.of(Flags.EVENT_DEFINED, Flags.EVENT_STARTED, Flags.EVENT_SUSPENDED, Flags.EVENT_RESUMED, Flags.EVENT_STOPPED,
                    Flags.EVENT_UNDEFINED)) {
                assertThat(events.poll(1, TimeUnit.MINUTES)).isInstanceOfSatisfying(DomainEvent.Lifecycle.class, heard -> {
                    assertThat(heard.domain().uuid()).isEqualTo(domain.uuid());
                    assertThat(heard.event()).isEqualTo(event);
                });
            }
        }
    }

    @Test
    void aRefusalCarriesLibvirtsCodeAndWords() {
        try (var host = open(libvirtd.tcp("test", "/default"))) {
            assertThat(host.domain(UUID.randomUUID())).isEmpty();
            assertThatThrownBy(() -> host.define("<domain/>")).isInstanceOfSatisfying(LibvirtError.class, error -> {
                assertThat(error.code()).isPositive();
                assertThat(error.area()).isPositive();
            }).hasMessageContaining("name");
            assertThatThrownBy(() -> host.xml(new Domain("ghost", UUID.randomUUID(), -1), 0))
                    .isInstanceOfSatisfying(LibvirtError.class, error -> assertThat(error.code()).isEqualTo(LibvirtError.NO_DOMAIN));
            assertThat(host.isOpen()).isTrue();
        }
    }

    @Test
    void failuresTakeTheWordsOfTheProgram() {
        var options = ConnectOptions.DEFAULT.patience(LONG).failures(failure -> new IllegalArgumentException("in our words: " + failure.getMessage()));
        try (var host = LibvirtConnection.open(libvirtd.tcp("test", "/default"), options)) {
            assertThatThrownBy(() -> host.define("<domain/>")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("in our words");
        }
        assertThatThrownBy(() -> LibvirtConnection.open("nonsense", options)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyCallsAreUnderWayOnOneConnection() throws Exception {
        try (var host = open(libvirtd.tcp("test", "/default")); var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = IntStream.range(0, 500).mapToObj(_ -> callers.submit(() -> host.domains(0).size())).toList();
            for (var answer : answers) {
                assertThat(answer.get()).isPositive();
            }
        }
    }

    @Test
    void aVolumeComesBackAsItWasSent() throws IOException {
        var bytes = new byte[(3 << 20) + 17];
        new Random(5).nextBytes(bytes);
        try (var host = open(libvirtd.unix("qemu", "/system"))) {
            host.definePool("<pool type='dir'><name>rpc</name><target><path>%s/pool</path></target></pool>".formatted(libvirtd.folder()));
            try {
                host.startPool("rpc");
                var volume = host.createVolume("rpc", volume("one", bytes.length)).orElseThrow();
                assertThat(host.createVolume("rpc", volume("one", 1))).isEmpty();
                host.upload(volume, 0, bytes.length, new ByteArrayInputStream(bytes));
                try (var in = host.download(volume, 0, 0)) {
                    assertThat(in.readAllBytes()).isEqualTo(bytes);
                }
                try (var in = host.download(volume, 1 << 20, 100)) {
                    assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1 << 20, (1 << 20) + 100));
                }
                host.resizeVolume(volume, 5 << 20);
                assertThat(host.volumeCapacity(volume)).isEqualTo(5 << 20);
                assertThat(host.volumes("rpc")).containsExactly(volume);
                assertThat(host.space("rpc").capacity()).isPositive();
                host.deleteVolume(volume);
                host.deleteVolume(volume);
                assertThat(host.volume("rpc", "one")).isEmpty();
            } finally {
                host.stopPool("rpc");
                host.undefinePool("rpc");
            }
            assertThat(host.hasPool("rpc")).isFalse();
        }
    }

    @Test
    void anUploadThatFailsSaysWhyAndLeavesTheConnectionUsable() {
        try (var host = open(libvirtd.unix("qemu", "/system"))) {
            assertThatThrownBy(() -> host.upload(new Volume("none", "none", "/none"), 0, 5, new ByteArrayInputStream(new byte[5])))
                    .isInstanceOf(LibvirtError.class).hasMessageContaining("none");
            assertThat(host.isOpen()).isTrue();
            assertThat(host.type()).isEqualTo("QEMU");
        }
    }

    @Test
    void whoNamesNoHostIsToldSo() {
        assertThatThrownBy(() -> LibvirtConnection.open("test+unix:///default?socket=/nowhere")).isInstanceOf(LibvirtFailure.Unreachable.class)
                .isNotInstanceOf(LibvirtFailure.Denied.class).hasMessageContaining("/nowhere");
        assertThatThrownBy(() -> LibvirtConnection.open(libvirtd.tcp("nosuch", "/system"))).isInstanceOf(LibvirtFailure.Denied.class)
                .hasMessageContaining("cannot be opened");
    }

    /** ESX's driver runs in libvirtd, to which the host is as far away as libvirtd may be from us; the password lies in a file there. */
    @Test
    void aHostThatLibvirtdItselfDoesNotReachIsUnreachableAndOneWithoutAPasswordDenies(@TempDir Path folder) throws IOException {
        var passwords = Files.writeString(folder.resolve("auth.conf"), "[credentials-any]\nusername=root\npassword=secret\n\n[auth-esx-127.0.0.1]\ncredentials=any\n");
        var nobody = libvirtd.unix("esx", "root@127.0.0.1:1/") + "&no_verify=1";
        assertThatThrownBy(() -> LibvirtConnection.open(nobody + "&authfile=" + passwords)).isInstanceOf(LibvirtFailure.Unreachable.class)
                .isNotInstanceOf(LibvirtFailure.Denied.class).hasMessageContaining("127.0.0.1 port 1");
        assertThatThrownBy(() -> LibvirtConnection.open(nobody)).isInstanceOf(LibvirtFailure.Denied.class).hasMessageContaining("cannot be opened");
    }

    static LibvirtConnection open(String uri) {
        return LibvirtConnection.open(uri, ConnectOptions.DEFAULT.patience(LONG));
    }

    private static String volume(String name, long bytes) {
        return "<volume><name>%s</name><capacity>%d</capacity><target><format type='raw'/></target></volume>".formatted(name, bytes);
    }
}
