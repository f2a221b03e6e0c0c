package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.SiteOnHosts.ADMIN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.host.Waking;

/**
 * Two hosts that can sleep: what libvirt runs to suspend the machine ends the host's libvirtd, and the program that wakes hosts starts it again. Power saving empties one by live moves and sends it to
 * sleep; who comes next and has no room wakes it.
 */
@Tag("real")
class SleepOnHostsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final double CPUS_PER_HOST = 3;
    @TempDir
    private Path tools;
    private final List<FakeLogind> buses = new ArrayList<>();
    private SiteOnHosts site;
    private ImageId image;

    /** Everything at once, in the order in which it depends on each other. */
    private void open() throws IOException {
        Files.setPosixFilePermissions(tools, PosixFilePermissions.fromString("rwxr-xr-x"));
        script("rtcwake", "exit 0");
        script("pm-suspend", "kill -KILL \"$(cat /run/libvirtd.pid)\"");
        var wake = script("wake", """
                for host in "${RESERVOIR_TESTBED:-/var/tmp/reservoir-testbed}"/*/h*; do
                    if [ "$(cat "$host/name")" = "$1" ]; then
                        exec nsenter -t "$(cat "$host/init.pid")" -m -u -i -n -p -- env "PATH=%s:$PATH" libvirtd -d -l
                    fi
                done
                exit 1""".formatted(tools));
        var guest = GuestImage.build();
        var hosts = LibvirtHosts.up(2);
        hosts.hosts().forEach(this::letSleep);
        site = SiteOnHosts.over(hosts, Keeping.USUAL.waking(new Waking(Optional.of(Waking.by(wake, Duration.ofMinutes(1))), Duration.ofMinutes(4))), guest.disk().getParent());
        image = site.image("guest", guest.disk());
        known().values().forEach(this::shrink);
    }

    private Path script(String name, String lines) throws IOException {
        var file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + lines + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Its libvirtd finds a bus that says that the machine can be suspended, and our programs before the machine's. */
    private void letSleep(TestHost host) {
        buses.add(FakeLogind.in(host));
        host.kill();
        host.run("env", "PATH=%s:%s".formatted(tools, System.getenv("PATH")), "libvirtd", "-d", "-l");
        Guest.eventually(PATIENCE, "libvirtd answers", () -> answers(host));
    }

    private static boolean answers(TestHost host) {
        return new Command(Duration.ofSeconds(20), List.of("sh", "-c", "timeout 10 virsh -q -c '%s' uri >/dev/null 2>&1 && echo yes || echo no".formatted(host.socketUri()))).output().strip().equals("yes");
    }

    @AfterEach
    void close() {
        if (site != null) {
            site.close();
        }
        buses.forEach(FakeLogind::close);
    }

    private Map<String, Host> known() {
        return site.site.vmi().hosts().hosts(ADMIN, Page.Request.ALL).items().stream().collect(Collectors.toMap(Host::name, host -> host));
    }

    /** Few CPUs are promised, so that three VEEs fill a host. */
    private void shrink(Host host) {
        var address = site.hosts.hosts().stream().filter(it -> it.name().equals(host.name())).findFirst().orElseThrow().address();
        double factor = 20 * CPUS_PER_HOST * 1000 / host.capacity().cpu().milli();
        site.site.vmi().hosts().change(ADMIN, host.id(), new HostRequest(host.name(), host.uri(), "default", factor, 1, Cpus.ZERO, DataSize.ZERO, Map.of(),
                Map.of("acceleration", "emulated", "migration", address)));
    }

    private VeeId start(String name) {
        return site.site.vmi().vees().create(ADMIN, VeeSpec.of(name, 1, DataSize.mebibytes(96)).withDisks(List.of(VeeSpec.DiskSpec.of(image)))).id();
    }

    private void await(String host, Host.State state) {
        Guest.eventually(PATIENCE, "%s is %s".formatted(host, state), () -> known().get(host).state() == state);
    }

    @Test
    void aHostThatPowerSavingHasEmptiedSleepsAndIsWokenByWhoNeedsIt() throws IOException {
        open();
        var first = List.of(start("one"), start("two"));
        first.forEach(vee -> site.await(vee, VeeState.RUNNING));
        assertThat(known().values()).allSatisfy(host -> assertThat(host.vees()).isEqualTo(1));

        site.site.vmi().placements().set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of("power", 1.0), 1, 10, 0.01, Duration.ofSeconds(5),
                Optional.of(new PlacementPolicy.Sleep(Duration.ofSeconds(3), 0))));
        Guest.eventually(PATIENCE, "a host sleeps", () -> known().values().stream().anyMatch(host -> host.state() == Host.State.ASLEEP));
        var asleep = known().values().stream().filter(host -> host.state() == Host.State.ASLEEP).findFirst().orElseThrow();
        var machine = site.hosts.hosts().stream().filter(host -> host.name().equals(asleep.name())).findFirst().orElseThrow();
        assertThat(asleep.vees()).isZero();
        assertThat(answers(machine)).as("its libvirtd has ended").isFalse();
        first.forEach(vee -> {
            assertThat(site.await(vee, VeeState.RUNNING).host()).isPresent().get().isNotEqualTo(asleep.id());
            assertThat(site.site.vmi().vees().history(ADMIN, vee)).as("the emptied one's moved live").noneMatch(past -> past.state() == VeeState.BOOTING || past.state() == VeeState.UNKNOWN);
        });
        assertThat(first.stream().flatMap(vee -> site.site.vmi().vees().history(ADMIN, vee).stream()).filter(past -> past.state() == VeeState.MIGRATING)).hasSize(1);

        var third = start("three");
        site.await(third, VeeState.RUNNING);
        assertThat(known().get(asleep.name()).state()).as("there was room for a third beside the two").isEqualTo(Host.State.ASLEEP);
        var fourth = start("four");
        await(asleep.name(), Host.State.ENABLED);
        assertThat(site.await(fourth, vee -> vee.state() == VeeState.RUNNING, "to run on the host that was woken").host()).contains(asleep.id());
        assertThat(answers(machine)).isTrue();
        assertThat(Guest.virsh(machine, "list", "--name").strip()).isNotEmpty();
    }
}
