package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.SiteOnHosts.ADMIN;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

/** A whole site measures guests that really run, without an agent on their hosts; one of them hangs, one of them moves. */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MeasuredVeesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    @AutoClose
    private static SiteOnHosts site;
    private static VeeId stuck;
    private static VeeId well;

    @BeforeAll
    static void open() {
        site = SiteOnHosts.withGuest(2);
        stuck = create("stuck");
        well = create("well");
        site.await(stuck, VeeState.RUNNING);
        site.await(well, VeeState.RUNNING);
        together();
    }

    /** On the same host, so that one could delay the other. */
    private static void together() {
        var to = host(stuck);
        if (!host(well).equals(to)) {
            move(well, to);
        }
    }

    private static VeeId create(String name) {
        return site.site.vmi().vees().create(ADMIN, VeeSpec.of(name, 1, DataSize.mebibytes(96)).withDisks(List.of(VeeSpec.DiskSpec.of(site.guest)))).id();
    }

    private static HostId host(VeeId vee) {
        return site.site.vmi().vees().vee(ADMIN, vee).host().orElseThrow();
    }

    private static void move(VeeId vee, HostId to) {
        site.site.vmi().vees().act(ADMIN, vee, new VeeAction.Migrate(Optional.of(to), true));
        site.await(vee, it -> it.state() == VeeState.RUNNING && it.host().equals(Optional.of(to)), "to be on " + to);
    }

    private static double figure(String subject, String series, String figure) {
        var answer = site.get("/api/monitoring/v1/measurements/window?subject=%s&metric=%s&length=PT10M".formatted(subject, series));
        var matcher = Pattern.compile("\"%s\" ?: ?(-?[0-9.E+-]+)".formatted(figure)).matcher(answer);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }

    private static int count(VeeId vee, String series) {
        return (int) figure(vee.toString(), series, "count");
    }

    private static void eventually(String what, java.util.concurrent.Callable<Boolean> condition) {
        Guest.eventually(PATIENCE, what, condition);
    }

    @Test
    @Order(1)
    void guestsAndHostsAreMeasured() {
        for (var series : List.of("vee.cpu.percent", "vee.net.sent.bytes_per_second", "vee.memory.bytes", "vee.disk.read.bytes_per_second", "vee.memory.unused.bytes",
                "vee.cpu.delayed.percent", "vee.disk.allocated.bytes", "vee.memory.dirtied.bytes_per_second")) {
            eventually(series, () -> count(well, series) > 0);
        }
        assertThat(figure(well.toString(), "vee.memory.bytes", "last")).isGreaterThan(30 << 20);
        for (var series : List.of("host.cpu.percent", "host.memory.free.bytes", "host.disk.free.bytes")) {
            eventually(series, () -> figure(host(well).toString(), series, "last") > 0);
        }
        assertThat(figure(host(well).toString(), "host.vees", "last")).isEqualTo(2);
    }

    @Test
    @Order(2)
    void aGuestWhoseProcessStandsStillDelaysNoOther() {
        signal(stuck, "STOP");
        try {
            int before = count(stuck, "vee.disk.read.bytes_per_second");
            for (var series : List.of("vee.disk.read.bytes_per_second", "vee.cpu.percent")) {
                int then = count(well, series);
                eventually(series + " of the other goes on", () -> count(well, series) >= then + 4);
            }
            int cheap = count(stuck, "vee.cpu.percent");
            eventually("what needs not ask it goes on", () -> count(stuck, "vee.cpu.percent") > cheap);
            assertThat(count(stuck, "vee.disk.read.bytes_per_second")).as("one answer may have been on its way").isLessThanOrEqualTo(before + 1);
        } finally {
            signal(stuck, "CONT");
        }
        int before = count(stuck, "vee.disk.read.bytes_per_second");
        eventually("it is measured again", () -> count(stuck, "vee.disk.read.bytes_per_second") > before + 1);
    }

    /** To the guest's QEMU, from within its host, where it has a number of its own. */
    private static void signal(VeeId vee, String signal) {
        var host = site.hosts.hosts().stream().filter(it -> it.name().equals(name(host(vee)))).findFirst().orElseThrow();
        host.run("sh", "-c", "kill -%s $(cat /run/libvirt/qemu/*-%s.pid)".formatted(signal, vee));
    }

    private static String name(HostId id) {
        return site.site.vmi().hosts().hosts(ADMIN, Page.Request.ALL).items().stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow().name();
    }

    @Test
    @Order(3)
    void theStreamsOfAVeeThatMovesGoOnWithoutAJump() {
        assertThat(figure(well.toString(), "vee.epoch", "max")).isGreaterThanOrEqualTo(1);
        double epoch = figure(well.toString(), "vee.epoch", "last");
        var to = site.site.vmi().hosts().hosts(ADMIN, Page.Request.ALL).items().stream().map(it -> it.id()).filter(id -> !id.equals(host(well))).findFirst().orElseThrow();
        move(well, to);
        eventually("its epoch goes up", () -> figure(well.toString(), "vee.epoch", "last") == epoch + 1);
        int then = count(well, "vee.cpu.percent");
        eventually("its figures go on", () -> count(well, "vee.cpu.percent") > then + 1);
        assertThat(figure(well.toString(), "vee.net.sent.bytes_per_second", "min")).isGreaterThanOrEqualTo(0);
        assertThat(figure(well.toString(), "vee.cpu.percent", "max")).as("one processor").isLessThan(200);
        eventually("its new host's name is on it", () -> site.get("/api/monitoring/v1/measurements?subject=" + well).contains("\"host\":\"" + to + "\""));
    }
}
