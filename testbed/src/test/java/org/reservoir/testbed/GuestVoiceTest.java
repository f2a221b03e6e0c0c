package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;

/** What small guests say on their channels, and what a wicked one can do with its own, on real hosts under a whole site. */
@Tag("real")
class GuestVoiceTest {
    private static final Duration BUSY = Duration.ofMinutes(4);
    private static final String DB = "10.62.7.50";
    @AutoClose
    private static SiteOnHosts site;
    private static NetworkId network;

    @BeforeAll
    static void open() {
        site = SiteOnHosts.withGuest(2);
        network = site.site.vmi().networks().create(SiteOnHosts.ADMIN, new NetworkSpec("front", "nat", Optional.empty(),
                List.of(new NetworkSpec.Range("10.62.7.0/24", Optional.of("10.62.7.10"), Optional.of("10.62.7.60"), Optional.empty())), List.of(), false, false, 0, true)).id();
    }

    @AfterEach
    void terminate() {
        var vees = site.site.vmi().vees();
        var living = vees.vees(SiteOnHosts.ADMIN, Vees.Filter.LIVING, Page.Request.ALL).items();
        living.forEach(vee -> vees.act(SiteOnHosts.ADMIN, vee.id(), new VeeAction.Terminate(true)));
        living.forEach(vee -> site.await(vee.id(), VeeState.TERMINATED));
    }

    @Test
    void aWebTierIsReadyWhenTheTierBehindItAnswersAndTellsItsLoad() {
        var web = start("web", Map.of("ROLE", "web", "DB_ADDRESS", DB, "it's odd", "<\"&'$HOME>"), Optional.empty());
        heardSince(web.id(), Instant.EPOCH);
        assertThat(site.await(web.id(), VeeState.RUNNING).ready()).isFalse();
        var address = web.nics().getFirst().addresses().getFirst();
        assertThat(get(address, "/cgi")).isEqualTo("no answer from " + DB);

        site.await(start("db", Map.of("ROLE", "db"), Optional.of(DB)).id(), Vee::ready, "to be ready");
        site.await(web.id(), Vee::ready, "to be ready");
        assertThat(get(address, "/cgi")).startsWith("web asked " + DB + ": a row from db");
        assertThat(get(address, "/property?ROLE")).isEqualTo("web");
        assertThat(get(address, "/property?IT_S_ODD")).isEqualTo("<\"&'$HOME>");
        assertThat(get(address, "/load?level=80")).isEqualTo("80");
        Guest.eventually(BUSY, "the load is heard", () -> measured(web.id(), "load").contains("\"value\":80.0"));
        assertThat(List.of("requests", "rate", "queue", "cpu")).allSatisfy(kpi -> assertThat(measured(web.id(), kpi)).contains("\"value\":"));
    }

    @Test
    void theChannelLastsThroughSavingMovingAndRestartsOfEitherEnd() {
        var vee = start("lasting", Map.of(), Optional.empty()).id();
        site.await(vee, Vee::ready, "to be ready");
        site.act(vee, new VeeAction.Stop(), VeeState.STOPPED);
        site.act(vee, new VeeAction.Resume(), VeeState.RUNNING);
        heardSince(vee, Instant.now());
        site.site.vmi().vees().act(SiteOnHosts.ADMIN, vee, new VeeAction.Migrate(Optional.of(new HostId(2)), true));
        site.await(vee, it -> it.state() == VeeState.RUNNING && it.host().equals(Optional.of(new HostId(2))), "to move");
        heardSince(vee, Instant.now());
        site.hosts.host(2).restart();
        heardSince(vee, Instant.now());
        site.restart();
        heardSince(vee, Instant.now());
        site.await(vee, Vee::ready, "to be ready still");
    }

    @Test
    void aGuestThatFloodsAndForgesIsCountedAndItsNeighbourNotTouched() {
        var good = start("good", Map.of("LOAD", "5"), Optional.empty()).id();
        var wicked = start("wicked", Map.of(), Optional.empty()).id();
        site.await(good, Vee::ready, "to be ready");
        site.await(wicked, Vee::ready, "to be ready");
        long forged = refused("unknown_vee");
        long shouted = refused("rate_limit");
        var flood = """
                cd /sys/class/virtio-ports; for p in *; do [ "$(cat $p/name)" = org.reservoir.voice.0 ] && port=/dev/$p; done
                text=$(printf 'HELLO %s 0123456789abcdef\\nKPI load 99\\nREADY')
                while :; do killall voice sleep; yes "$text" > $port; done > /dev/null 2>&1 &
                """.formatted(good);
        assertThat(shell(wicked, flood).code()).isZero();
        Guest.eventually(BUSY, "forgeries and floods are counted", () -> refused("unknown_vee") > forged && refused("rate_limit") > shouted + 100);
        heardSince(good, Instant.now());
        assertThat(measured(good, "load")).contains("\"value\":5.0");
        assertThat(site.await(good, VeeState.RUNNING).ready()).isTrue();
    }

    // ---- words

    private static Vee start(String name, Map<String, String> properties, Optional<String> address) {
        var nic = new VeeSpec.NicSpec(network, address.stream().toList(), Optional.empty(), List.of(), 0, 0);
        var wish = new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.of(site.hosts.host(1).name()));
        var spec = VeeSpec.of(name, 1, DataSize.mebibytes(96)).withDisks(List.of(VeeSpec.DiskSpec.of(site.guest))).withNics(List.of(nic))
                .withContext(VeeSpec.Context.of(properties)).wishing(wish);
        return site.site.vmi().vees().create(SiteOnHosts.ADMIN, new VeeSpec(spec.name(), spec.vcpus(), spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(),
                spec.nics(), spec.context(), spec.placement(), false, Optional.empty(), false, true, Map.of(), Map.of()));
    }

    private static String measured(VeeId vee, String kpi) {
        return site.get("/api/monitoring/v1/measurements?subject=" + vee + "&metric=" + kpi);
    }

    private static void heardSince(VeeId vee, Instant since) {
        Guest.eventually(BUSY, "%s is heard after %s".formatted(vee, since), () -> {
            var told = measured(vee, "uptime").split("\"at\":\"");
            return told.length > 1 && Instant.parse(told[1].substring(0, told[1].indexOf('"'))).isAfter(since);
        });
    }

    private static long refused(String reason) {
        return site.get("/metrics").lines().filter(line -> line.startsWith("reservoir_monitoring_refused_total{reason=\"" + reason + "\"}"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** The guest has answered before its console is left: QEMU looks once a second whether somebody holds the other end, and until then what was typed stays there. */
    private static Shell.Result shell(VeeId vee, String commands) {
        var shell = Shell.on(site.site.vmi().hosts().console(SiteOnHosts.ADMIN, vee));
        try {
            return shell.run(commands);
        } finally {
            shell.close();
        }
    }

    private static String get(String address, String path) {
        var request = "exec 3<>/dev/tcp/%s/80 && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' >&3 && sed '1,/^\\r*$/d' <&3".formatted(address, path);
        return site.hosts.host(1).run("bash", "-c", "timeout 20 bash -c \"$1\"", "get", request);
    }
}
