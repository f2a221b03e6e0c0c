package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.kept.VeeRecord;

/** A VEE whose deployment failed on a host is not tried there again for a while; unless the hosts become others: then at once. */
class WokenByHostsTest extends TroubledSite {
    private final NetworkId wide = site.veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec("wide", "isolated", Optional.empty(),
            List.of(NetworkSpec.Range.of("10.8.0.0/24")), List.of(), true, true, 0, true)).id();

    private HostId host(String name) {
        return site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().filter(host -> host.name().equals(name)).findFirst().orElseThrow().id();
    }

    private static HostRequest reached(String name, String uri, String address) {
        return new HostRequest(name, uri, "default", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of("vtep", address));
    }

    private void reached(String name, String address) {
        var host = host(name);
        site.veem.hosts().change(SimulatedSite.ADMIN, host, reached(name, site.veem.hosts().host(SimulatedSite.ADMIN, host).uri(), address));
    }

    private VeeSpec spec(String name, Optional<String> host) {
        return VeeSpec.of(name, 1, DataSize.mebibytes(64)).withNics(List.of(VeeSpec.NicSpec.on(wide)))
                .wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, host));
    }

    private VeeId waitingForATunnel() {
        reached("h1", "192.0.2.1");
        assertThat(site.running(spec("one", Optional.of("h1"))).state()).isEqualTo(VeeState.RUNNING);
        var two = site.running(spec("two", Optional.of("h2")));
        assertThat(two.state()).isEqualTo(VeeState.PENDING);
        assertThat(two.problem().orElseThrow()).contains("has no address for tunnels");
        return two.id();
    }

    /** Without any time passing. */
    private VeeRecord now(VeeId vee, Instant since) {
        site.work();
        assertThat(site.clock.instant()).isEqualTo(since);
        return site.vee(vee);
    }

    @Test
    void whoeverWaitsForAHostsTunnelGoesThereAsSoonAsItHasOne() {
        var two = waitingForATunnel();
        var since = site.clock.instant();
        assertThat(now(two, since).state()).isEqualTo(VeeState.PENDING);
        reached("h2", "192.0.2.2");
        assertThat(now(two, since).state()).isEqualTo(VeeState.RUNNING);
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, two)).anySatisfy(past -> {
            assertThat(past.why()).isEqualTo("host h2 is another now; it is tried anew wherever it failed");
            assertThat(past.who()).isEqualTo("admin");
        });
    }

    @Test
    void aHostThatCannotJoinANetworkKeepsNobodyFromItElsewhere() {
        waitingForATunnel();
        var made = site.veem.vees().create(SimulatedSite.ADMIN, List.of(spec("three", Optional.of("h2")), spec("four", Optional.of("h1"))));
        site.work();
        assertThat(site.vee(made.get(0).id()).state()).isEqualTo(VeeState.PENDING);
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, made.get(1).id())).noneMatch(past -> past.why().contains("failed")).last().satisfies(past -> assertThat(past.state()).isEqualTo(VeeState.RUNNING));
        reached("h2", "192.0.2.2");
    }

    @Test
    void whoeverFailedOnAHostIsTriedThereAgainWhenItIsEnabledAnew() {
        var two = waitingForATunnel();
        site.veem.hosts().disable(SimulatedSite.ADMIN, host("h2"));
        site.work();
        var before = site.veem.vees().history(SimulatedSite.ADMIN, two).size();
        site.veem.hosts().enable(SimulatedSite.ADMIN, host("h2"));
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, two)).hasSize(before + 1).last().satisfies(past -> assertThat(past.why()).startsWith("host h2 is another now"));
        site.veem.hosts().enable(SimulatedSite.ADMIN, host("h2"));
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, two)).as("it was enabled before").hasSize(before + 1);
        site.veem.hosts().disable(SimulatedSite.ADMIN, host("h2"));
        site.veem.hosts().enable(SimulatedSite.ADMIN, host("h2"));
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, two)).as("it has forgotten already where it failed").hasSize(before + 1);
        reached("h2", "192.0.2.2");
    }

    @Test
    void aHostThatIsAddedTakesWhoFailedElsewhere() {
        var fickle = site.running(spec("fickle", Optional.of("h1")).wishing(VeeSpec.Wish.ANYWHERE).named("first"));
        assertThat(fickle.state()).isEqualTo(VeeState.RUNNING);
        site.veem.hosts().disable(SimulatedSite.ADMIN, fickle.host().orElseThrow());
        var waiting = site.running(spec("second", Optional.empty()));
        assertThat(waiting.state()).isEqualTo(VeeState.PENDING);
        var since = site.clock.instant();
        reached(site.veem.hosts().host(SimulatedSite.ADMIN, fickle.host().orElseThrow()).name(), "192.0.2.1");
        site.veem.hosts().add(SimulatedSite.ADMIN, reached("h3", "sim://h3?cpus=4&memory=8GiB&disk=1TiB", "192.0.2.3"));
        var after = now(waiting.id(), since);
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
        assertThat(after.host()).contains(host("h3"));
    }
}
