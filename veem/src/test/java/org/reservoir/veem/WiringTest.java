package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vhi.TrafficFilter;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Verb;

/** Hosts have the networks and security groups that their guests need, as they are now, and no others. */
@Tag("long")
class WiringTest {
    private final SimulatedSite site = new SimulatedSite();

    @AfterEach
    void close() {
        site.close();
    }

    private void hosts(String... names) {
        for (var name : names) {
            var vtep = "192.0.2." + name.substring(1);
            site.veem.hosts().add(SimulatedSite.ADMIN, new HostRequest(name, "sim://" + name, "default", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of("vtep", vtep)));
        }
        site.veem.start();
    }

    private NetworkId network(String name, boolean overlay) {
        return site.veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec(name, "isolated", Optional.empty(), List.of(NetworkSpec.Range.of("10.9.0.0/24")), List.of(), true, overlay, 0, true)).id();
    }

    private Vee running(String name, String host, NetworkId network, SecurityGroupId... groups) {
        var nic = new VeeSpec.NicSpec(network, List.of(), Optional.empty(), List.of(groups), 0, 0);
        var spec = VeeSpec.of(name, 1, DataSize.mebibytes(64)).withNics(List.of(nic))
                .wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.of(host)));
        return site.await(site.veem.vees().create(SimulatedSite.ADMIN, spec).id(), VeeState.RUNNING);
    }

    private Optional<HostNetwork> at(String host, NetworkId network) {
        return site.world.machine(host).network(network);
    }

    private List<String> peers(String host, NetworkId network) {
        return at(host, network).orElseThrow().overlay().orElseThrow().peers();
    }

    private List<TrafficFilter.Rule> rules(String host, SecurityGroupId group) {
        return site.world.machine(host).filter(group).map(TrafficFilter::rules).orElse(List.of());
    }

    private SecurityGroupId group(String name, SecurityGroup.Rule... rules) {
        return site.veem.networks().createGroup(SimulatedSite.ADMIN, name, List.of(rules)).id();
    }

    private static SecurityGroup.Rule in(String protocol, String peer, String ports) {
        return new SecurityGroup.Rule("in", protocol, Optional.of(peer).filter(text -> !text.isEmpty()), Optional.of(ports).filter(text -> !text.isEmpty()));
    }

    private static void eventually(String what, Callable<Boolean> condition) {
        var end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try {
            while (!condition.call()) {
                assertThat(System.nanoTime()).as(what).isLessThan(end);
                SimulatedSite.pause(5);
            }
        } catch (Exception failure) {
            throw new AssertionError(what, failure);
        }
    }

    @Test
    void theNetworkGoesWithItsLastGuest() {
        hosts("h1");
        var net = network("front", false);
        var group = group("web", in("tcp", "", "80"));
        var one = running("one", "h1", net, group).id();
        var two = running("two", "h1", net).id();
        assertThat(at("h1", net).orElseThrow().entries()).hasSize(2);
        site.act(one, new VeeAction.Terminate(true), VeeState.TERMINATED);
        eventually("the first guest's entry goes", () -> at("h1", net).orElseThrow().entries().size() == 1);
        eventually("the group goes with the only guest that uses it", () -> site.world.machine("h1").filter(group).isEmpty());
        site.act(two, new VeeAction.Terminate(true), VeeState.TERMINATED);
        eventually("the network goes", () -> at("h1", net).isEmpty());
        site.veem.networks().delete(SimulatedSite.ADMIN, net);
    }

    @Test
    void aHostThatIsRemovedAsItsLastGuestLeavesKeepsNothingOfTheSite() {
        hosts("h1");
        var net = network("front", false);
        var group = group("web", in("tcp", "", "80"));
        var vee = running("one", "h1", net, group);
        site.act(vee.id(), new VeeAction.Terminate(true), VeeState.TERMINATED);
        site.veem.hosts().remove(SimulatedSite.ADMIN, vee.host().orElseThrow());
        assertThat(at("h1", net)).isEmpty();
        assertThat(site.world.machine("h1").filter(group)).isEmpty();
    }

    @Test
    void peersHearOfAHostThatJoinsAndOfOneThatLeaves() {
        hosts("h1", "h2", "h3");
        var net = network("wide", true);
        running("one", "h1", net);
        assertThat(peers("h1", net)).isEmpty();
        var two = running("two", "h2", net).id();
        assertThat(peers("h2", net)).containsExactly("192.0.2.1");
        eventually("h1 hears of h2", () -> peers("h1", net).equals(List.of("192.0.2.2")));
        assertThat(at("h3", net)).isEmpty();
        site.act(two, new VeeAction.Migrate(Optional.of(site.veem.hosts().hosts(SimulatedSite.ADMIN, org.reservoir.interfaces.vmi.Page.Request.FIRST).items().get(2).id()), true), VeeState.RUNNING);
        eventually("h1 hears of h3 and that h2 has left", () -> peers("h1", net).equals(List.of("192.0.2.3")));
        eventually("h2 has let go", () -> at("h2", net).isEmpty());
        assertThat(at("h3", net).orElseThrow().entries()).extracting(HostNetwork.Entry::hostname).containsExactly("two");
    }

    @Test
    void aNewTunnelAddressReachesThePeers() {
        hosts("h1", "h2");
        var net = network("wide", true);
        running("one", "h1", net);
        var two = running("two", "h2", net);
        eventually("h1 hears of h2", () -> peers("h1", net).equals(List.of("192.0.2.2")));
        site.veem.hosts().change(SimulatedSite.ADMIN, two.host().orElseThrow(),
                new HostRequest("h2", "sim://h2", "default", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of("vtep", "192.0.2.222")));
        eventually("h1 hears of the new address", () -> peers("h1", net).equals(List.of("192.0.2.222")));
        eventually("and h2 uses it", () -> at("h2", net).orElseThrow().overlay().orElseThrow().localAddress().equals("192.0.2.222"));
    }

    @Test
    void aHostWithoutTunnelsJoinsNoNetworkThatOthersHave() {
        hosts("h1");
        site.addHost("h2");
        var net = network("wide", true);
        running("one", "h1", net);
        var two = site.veem.vees().create(SimulatedSite.ADMIN, VeeSpec.of("two", 1, DataSize.mebibytes(64)).withNics(List.of(VeeSpec.NicSpec.on(net)))
                .wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.of("h2")))).id();
        assertThat(site.await(two, it -> it.problem().isPresent(), "to say why").problem().orElseThrow()).contains("no address for tunnels", "vtep=ADDRESS");
    }

    @Test
    void aRuleThatChangesReachesEveryHostThatHasTheGroup() {
        hosts("h1", "h2");
        var net = network("front", false);
        var group = group("web", in("tcp", "", "80"));
        running("one", "h1", net, group);
        running("two", "h2", net, group);
        site.veem.networks().changeGroup(SimulatedSite.ADMIN, group, List.of(in("tcp", "", "443")));
        for (var host : List.of("h1", "h2")) {
            eventually(host + " has the new rule", () -> rules(host, group).equals(List.of(new TrafficFilter.Rule(TrafficFilter.Direction.IN, TrafficFilter.Protocol.TCP,
                    Optional.empty(), Optional.of(new TrafficFilter.Ports(443, 443))))));
        }
    }

    @Test
    void aPeerGroupStandsForTheAddressesOfItsMembers() {
        hosts("h1", "h2");
        var net = network("front", false);
        var web = group("web");
        var db = group("db", in("tcp", web.toString(), "5432"));
        running("store", "h1", net, db);
        assertThat(rules("h1", db)).isEmpty();
        var first = running("one", "h2", net, web);
        running("two", "h2", net, web);
        eventually("both may come in", () -> peers(rules("h1", db)).equals(List.of("10.9.0.3/32", "10.9.0.4/32")));
        site.act(first.id(), new VeeAction.Filter(0, web, false), VeeState.RUNNING);
        eventually("one left the group", () -> peers(rules("h1", db)).equals(List.of("10.9.0.4/32")));
        site.act(first.id(), new VeeAction.Filter(0, web, true), VeeState.RUNNING);
        eventually("and is back", () -> peers(rules("h1", db)).size() == 2);
        site.act(first.id(), new VeeAction.Terminate(true), VeeState.TERMINATED);
        eventually("one is gone", () -> peers(rules("h1", db)).equals(List.of("10.9.0.4/32")));
        assertThatThrownBy(() -> site.veem.networks().deleteGroup(SimulatedSite.ADMIN, web)).isInstanceOf(Refused.class).hasMessageContaining("uses secgroup");
    }

    private static List<String> peers(List<TrafficFilter.Rule> rules) {
        return rules.stream().map(rule -> rule.peer().orElse("anybody")).toList();
    }

    @Test
    void aGroupOfOthersCannotBePutOnANic() {
        hosts("h1");
        var net = network("front", false);
        var vee = running("one", "h1", net).id();
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Filter(0, new SecurityGroupId(99), true)))
                .isInstanceOf(Refused.class).hasMessage("There is no secgroup-99.");
    }

    @Test
    void aRuleThatMeansNothingIsRefused() {
        for (var bad : List.of(in("tcp", "10.0.0.0/33", "80"), in("icmp", "", "80"), in("icmp", "fd00::/8", ""), in("sctp", "", ""), in("tcp", "", "0"), in("tcp", "", "90-80"),
                in("tcp", "secgroup-77", "80"), in("tcp", "somewhere", "80"))) {
            assertThatThrownBy(() -> group("bad", bad)).as(bad.toString()).isInstanceOf(Refused.class);
        }
    }

    @Test
    void aNetworkThatIsTakenAwayWhileItsGuestComesIsMadeAgain() {
        hosts("h1");
        var net = network("busy", false);
        for (int round = 0; round < 15; round++) {
            var vee = running("v" + round, "h1", net).id();
            site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Terminate(true));
        }
        eventually("nothing is left", () -> at("h1", net).isEmpty());
    }

    /** What it is being told would be made there after all was taken away, and stay for ever. */
    @Test
    void aHostIsGivenUpWhenItHasBeenToldWhatItIsBeingTold() throws InterruptedException {
        hosts("h1", "h2");
        var network = network("n", true);
        var first = running("a", "h1", network);
        var host = first.host().orElseThrow();
        var told = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        site.world.faults(call -> {
            if (call.verb() == Verb.ENSURE_NETWORK && call.machine().equals("h1")) {
                told.countDown();
                past(go);
            }
            return Fault.NONE;
        });
        running("b", "h2", network);
        past(told); // of its new peer
        site.veem.vees().act(SimulatedSite.ADMIN, first.id(), new VeeAction.Terminate(true));
        site.await(first.id(), VeeState.TERMINATED);
        var leaving = Thread.ofVirtual().start(() -> site.veem.hosts().remove(SimulatedSite.ADMIN, host));
        assertThat(leaving.join(Duration.ofMillis(300))).as("is gone").isFalse();
        go.countDown();
        assertThat(leaving.join(Duration.ofMinutes(1))).as("is gone").isTrue();
        assertThat(at("h1", network)).isEmpty();
        assertThat(site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items()).extracting(Host::name).containsExactly("h2");
    }

    @Test
    void noServerPlacesAVeeOnAHostThatAnotherServerIsRemoving() throws InterruptedException {
        hosts("h1", "h2");
        var network = network("n", false);
        var first = running("a", "h1", network);
        var host = first.host().orElseThrow();
        var leaving = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        site.world.faults(call -> {
            if (call.verb() == Verb.DROP_NETWORK && call.machine().equals("h1")) {
                leaving.countDown();
                past(go);
            }
            return Fault.NONE;
        });
        site.act(first.id(), new VeeAction.Terminate(true), VeeState.TERMINATED);
        past(leaving);
        var removal = Thread.ofVirtual().start(() -> site.veem.hosts().remove(SimulatedSite.ADMIN, host));
        try (var second = site.open(Quotas.UNBOUNDED, "two")) {
            second.start();
            eventually("the host is closed", () -> second.hosts().host(SimulatedSite.ADMIN, host).state() == Host.State.DISABLED);
            var late = second.vees().create(SimulatedSite.ADMIN, VeeSpec.of("b", 1, DataSize.mebibytes(64)).wishing(VeeSpec.Wish.ANYWHERE.on("h1"))).id();
            assertThat(site.await(late, it -> it.problem().isPresent(), "to say why")).satisfies(waits -> {
                assertThat(waits.state()).isEqualTo(VeeState.PENDING);
                assertThat(waits.problem().orElseThrow()).contains("h1 takes no new VEEs");
            });
            assertThat(removal.isAlive()).isTrue();
            go.countDown();
            assertThat(removal.join(Duration.ofMinutes(1))).as("is gone").isTrue();
            assertThat(second.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items()).extracting(Host::name).containsExactly("h2");
        } finally {
            go.countDown();
        }
    }

    private static void past(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }
}
