package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.Guest.eventually;
import static org.reservoir.testbed.Guest.virsh;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.host.Drift;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.host.Waking;

/** A real host that loses its power, with all that runs on it: for a moment, and for good. */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PowerCutTest {
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final List<String> fenced = new CopyOnWriteArrayList<>();
    private static volatile boolean fenceWorks;
    @AutoClose
    private static Lab lab;
    /** The number of the host that fares ill. */
    private static int lost;
    private static VeeId running;
    private static VeeId off;
    private static VeeId neighbour;

    @BeforeAll
    static void startGuests() {
        var keeping = new Keeping(Duration.ofSeconds(5), Duration.ofSeconds(5), Drift.OnEnd.RESTART, Optional.of(Duration.ofSeconds(15)), PowerCutTest::fence, Waking.USUAL);
        lab = Lab.with(2, keeping, Map.of());
        running = lab.veem.vees().create(Lab.ADMIN, lab.spec("running")).id(); // who wants a certain host waits for that host
        lost = lab.await(running, VeeState.RUNNING).host().orElseThrow().equals(lab.host("h1")) ? 1 : 2;
        off = lab.order("off", "h" + lost);
        neighbour = lab.order("neighbour", "h" + other());
        List.of(running, off, neighbour).forEach(vee -> lab.await(vee, VeeState.RUNNING));
        lab.veem.vees().act(Lab.ADMIN, off, new VeeAction.PowerOff(true));
        lab.await(off, VeeState.POWERED_OFF);
    }

    private static int other() {
        return 3 - lost;
    }

    /** As a program of the administrator does it who has a switch for the power. */
    private static boolean fence(String host, String uri) {
        if (fenceWorks) {
            fenced.add(host);
            lab.testbed.host(Integer.parseInt(host.substring(1))).powerOff();
        }
        return fenceWorks;
    }

    private static Host.State state() {
        return lab.veem.hosts().host(Lab.ADMIN, lab.host("h" + lost)).state();
    }

    private static void isBack() {
        eventually(PATIENCE, "the host is back", () -> state() == Host.State.ENABLED);
    }

    private static void runsOn(VeeId vee, int host) {
        lab.await(vee, "to run on h" + host, it -> it.state() == VeeState.RUNNING && it.host().equals(Optional.of(lab.host("h" + host))));
        assertThat(lab.shell(vee).run("cat /proc/uptime").worked()).isTrue();
    }

    /** Domains that run, of any site. */
    private static List<String> running(int host) {
        return virsh(lab.testbed.host(host), "list", "--name").lines().map(String::strip).filter(name -> !name.isEmpty()).map(PowerCutTest::vee).sorted().toList();
    }

    private static List<String> defined(int host) {
        return virsh(lab.testbed.host(host), "list", "--all", "--name").lines().map(String::strip).filter(name -> !name.isEmpty()).map(PowerCutTest::vee).sorted().toList();
    }

    private static List<String> ownersOfFiles(int host) throws IOException {
        try (var files = Files.list(lab.testbed.host(host).directory().resolve("lib/reservoir"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.contains("-vee-")).map(PowerCutTest::vee).distinct().sorted().toList();
        }
    }

    private static String vee(String name) {
        var match = Pattern.compile("vee-[0-9]+").matcher(name);
        assertThat(match.find()).as(name).isTrue();
        return match.group();
    }

    private static List<String> names(VeeId... vees) {
        return List.of(vees).stream().map(VeeId::toString).sorted().toList();
    }

    @Test
    @Order(1)
    void whatRanOnAHostThatBootsAnewIsBootedThereAgain() {
        lab.closeShell(running);
        lab.testbed.host(lost).reboot();
        eventually(PATIENCE, "its end is noticed", () -> lab.veem.vees().history(Lab.ADMIN, running).stream().anyMatch(past -> past.state() == VeeState.BOOTING));
        isBack();
        runsOn(running, lost);
        assertThat(running(lost)).isEqualTo(names(running));
        assertThat(lab.veem.vees().vee(Lab.ADMIN, off).state()).isEqualTo(VeeState.POWERED_OFF);
    }

    @Test
    @Order(2)
    void whatRanOnAHostThatStaysAwayWaitsUntilItIsFencedOffAndStartsElsewhere() {
        lab.closeShell(running);
        lab.testbed.host(lost).cutNetwork();
        lab.await(running, VeeState.UNKNOWN);
        assertThat(state()).isEqualTo(Host.State.UNREACHABLE);
        fenceWorks = true;
        runsOn(running, other());
        assertThat(fenced).contains("h" + lost).doesNotContain("h" + other());
        assertThat(running(other())).isEqualTo(names(running, neighbour));
    }

    @Test
    @Order(3)
    void whenTheHostIsBackNothingRunsTwiceAndNothingIsLeftOver() throws IOException {
        lab.testbed.host(lost).mendNetwork();
        lab.testbed.host(lost).powerOn();
        isBack();
        eventually(PATIENCE, "what the host had of it is gone", () -> defined(lost).equals(names(off)));
        eventually(PATIENCE, "no work is left", () -> lab.waiting().equals("[]"));
        assertThat(ownersOfFiles(lost)).isEqualTo(names(off));
        assertThat(ownersOfFiles(other())).isEqualTo(names(running, neighbour));
        assertThat(running(lost)).isEmpty();
        lab.veem.vees().act(Lab.ADMIN, off, new VeeAction.Resume());
        runsOn(off, lost);
    }
}
