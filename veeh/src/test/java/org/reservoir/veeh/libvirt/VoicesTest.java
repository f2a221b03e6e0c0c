package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.Heard;

class VoicesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE = 20;

    private final List<String> said = new ArrayList<>();
    private final VoiceLines lines = new VoiceLines(said::add, 0);
    private final FakeLibvirtd libvirtd = new FakeLibvirtd();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final LibvirtHost host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of(), InstantSource.system(), libvirtd::dial);

    @AfterEach
    void close() {
        host.close();
    }

    // ---- lines

    @Test
    void aLineMayComeInPiecesAndLosesItsControlCharacters() {
        take("REA", 0);
        take("DY\r\nKPI\u0007 a 1\n\n", 0);
        assertThat(said).containsExactly("READY", "KPI a 1");
        assertThat(lines.dropped()).isZero();
    }

    @Test
    void aLineThatIsTooLongIsDroppedAndCountedOnceEvenWithoutAnEnd() {
        take("x".repeat(VoiceLines.LONGEST), 0);
        take("\n" + "x".repeat(5000), 0);
        assertThat(lines.dropped()).isEqualTo(1);
        take("still the same\nshort\n", 0);
        assertThat(said).containsExactly("x".repeat(VoiceLines.LONGEST), "short");
        assertThat(lines.dropped()).isZero();
    }

    @Test
    void linesThatAreTooManyAreDroppedAndCountedUntilTimePasses() {
        take("a\n".repeat(1000), 0);
        assertThat(said).hasSize(50);
        assertThat(lines.dropped()).isEqualTo(950);
        take("b\n", SECOND);
        assertThat(said).hasSize(51).endsWith("b");
        assertThat(lines.floods()).isFalse();
    }

    @Test
    void whatIsWorthReadingIsBoundedInBytesToo() {
        take("\0".repeat(4 * VoiceLines.BYTES_A_SECOND), 0);
        assertThat(lines.floods()).isFalse();
        take("\n", 0);
        assertThat(lines.floods()).isTrue();
        take("", SECOND);
        assertThat(lines.floods()).isFalse();
    }

    @Test
    void halfALineIsForgottenWhenTheChannelIsOpenedAnew() {
        take("HELLO vee-7 half", 0);
        lines.begin();
        take("READY\n", 0);
        assertThat(said).containsExactly("READY");
    }

    private void take(String text, long nanos) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        lines.take(bytes, bytes.length, nanos);
    }

    // ---- channels

    @Test
    void aGuestThatFloodsIsHungUpOnAndCountedWhileOthersAreHeard() throws Exception {
        var loud = start(7);
        var quiet = start(8);
        until(() -> floodFails(loud));
        quiet.write("READY\n".getBytes(StandardCharsets.US_ASCII));
        quiet.flush();
        hear("vee-8 says READY");
        hear("vee-7 unheard");
    }

    @Test
    void aGuestIsHeardAgainAfterItsChannelBrokeAndAfterTheConnectionDid() throws Exception {
        start(7).close();
        speak(1, "one");
        libvirtd.breakConnections();
        hear("lost");
        libvirtd.down = false;
        hear("regained");
        speak(2, "two");
    }

    private boolean floodFails(OutputStream voice) {
        try {
            voice.write("x\n".repeat(2000).getBytes(StandardCharsets.US_ASCII));
            return false;
        } catch (IOException hungUp) {
            return true;
        }
    }

    @BeforeEach
    void listen() {
        host.watch(new Heard(heard));
    }

    private OutputStream start(long vee) {
        int before = libvirtd.voices.size();
        host.start(new Order(new VeeId(vee), 1, Duration.ofSeconds(10)), guest(vee));
        until(() -> libvirtd.voices.size() > before);
        return libvirtd.voices.get(before);
    }

    private void speak(int channel, String words) throws Exception {
        until(() -> libvirtd.voices.size() > channel);
        libvirtd.voices.get(channel).write((words + "\n").getBytes(StandardCharsets.US_ASCII));
        libvirtd.voices.get(channel).flush();
        hear("vee-7 says " + words);
    }

    private void hear(String words) {
        until(() -> heard.stream().anyMatch(each -> each.startsWith(words)));
    }

    private static void until(BooleanSupplier condition) {
        var end = System.nanoTime() + PATIENCE * SECOND;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static Guest guest(long vee) {
        return new Guest(new VeeId(vee), "web", 1, 1, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(128), new Guest.Boot.FromDisk(), List.of(), List.of(),
                Map.of(), false);
    }
}
