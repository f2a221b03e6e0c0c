package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.veem.SimulatedSite.ADMIN;
import static org.reservoir.veem.SimulatedSite.ANNA;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.Verb;
import org.reservoir.veem.host.Waking;
import org.reservoir.veem.kept.HostTable;

/** Hosts that sleep and wake, by order and by policy, in virtual time: ten seconds to fall asleep, a minute to wake. */
@Tag("long")
class SleepingHostsTest {
    private static final Duration STEP = Duration.ofSeconds(2);
    private final SteppedSite site = new SteppedSite(0);

    @AfterEach
    void close() {
        site.close();
    }

    private HostId host(String name) {
        return host(name, "sleep=10s&wake=60s");
    }

    private HostId host(String name, String sleep) {
        return site.veem.hosts().add(ADMIN, HostRequest.of(name, "sim://%s?cpus=8&memory=16GiB&disk=1TiB&%s".formatted(name, sleep))).id();
    }

    private Host.State state(HostId host) {
        return site.veem.hosts().host(ADMIN, host).state();
    }

    private Map<String, Host.State> states() {
        return site.veem.hosts().hosts(ADMIN, Page.Request.ALL).items().stream().collect(Collectors.toMap(Host::name, Host::state));
    }

    private VeeSpec spec(String name, int cpus) {
        return VeeSpec.of(name, cpus, DataSize.gibibytes(1));
    }

    private static PlacementPolicy saving(Duration after, int spare) {
        return new PlacementPolicy(Optional.empty(), Map.of("power", 1.0), 1, 10, 0.01, Duration.ofMinutes(5), Optional.of(new PlacementPolicy.Sleep(after, spare)));
    }

    /** Time passes, with hosts visited and all decided that is due. */
    private void pass(Duration time) {
        var step = time.dividedBy(20).compareTo(STEP) < 0 ? STEP : time.dividedBy(20);
        for (var end = site.clock.instant().plus(time); site.clock.instant().isBefore(end); site.clock.advance(step)) {
            turn();
        }
        turn();
    }

    private void turn() {
        site.veem.keeper.visitAll();
        site.work();
        site.veem.optimiser.turn();
        site.veem.saver.turn();
        site.work();
    }

    private List<String> told() {
        return TestDatabase.told(site.database(), Set.of(Hosts.TOPIC)).stream().map(event -> event.type() + " " + event.subject()).toList();
    }

    // ---- by order

    @Test
    void aHostThatIsToldToSleepsUntilItIsWoken() {
        var host = host("n1");
        var two = host("n2");
        assertThat(site.veem.hosts().sleep(ADMIN, host).state()).isEqualTo(Host.State.FALLING_ASLEEP);
        pass(Duration.ofSeconds(8));
        assertThat(state(host)).as("it answers still").isEqualTo(Host.State.FALLING_ASLEEP);
        pass(Duration.ofSeconds(6));
        assertThat(state(host)).isEqualTo(Host.State.ASLEEP);
        pass(Duration.ofMinutes(30));
        assertThat(state(host)).as("its silence is no loss").isEqualTo(Host.State.ASLEEP);
        assertThat(site.veem.hosts().sleep(ADMIN, host).state()).as("once more").isEqualTo(Host.State.ASLEEP);

        assertThat(site.veem.hosts().wake(ADMIN, host).state()).isEqualTo(Host.State.WAKING);
        pass(Duration.ofSeconds(50));
        assertThat(state(host)).isEqualTo(Host.State.WAKING);
        pass(Duration.ofSeconds(14));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
        assertThat(state(two)).isEqualTo(Host.State.ENABLED);
        assertThat(told()).containsExactly("host.falling-asleep " + host, "host.asleep " + host, "host.waking " + host, "host.enabled " + host);
    }

    @Test
    void whatAHostWasBeforeItIsAgainUnlessSomebodyWantsItOtherwiseMeanwhile() {
        var disabled = host("n1");
        var enabled = host("n2");
        site.veem.hosts().disable(ADMIN, disabled);
        List.of(disabled, enabled).forEach(host -> site.veem.hosts().sleep(ADMIN, host));
        pass(Duration.ofSeconds(14));
        assertThat(site.veem.hosts().disable(ADMIN, enabled).state()).as("it sleeps on").isEqualTo(Host.State.ASLEEP);
        List.of(disabled, enabled).forEach(host -> site.veem.hosts().wake(ADMIN, host));
        pass(Duration.ofMinutes(2));
        assertThat(states()).containsOnly(Map.entry("n1", Host.State.DISABLED), Map.entry("n2", Host.State.DISABLED));
    }

    @Test
    void whoCannotSleepOrHasVeesIsNotPutToSleep() {
        var sleepless = host("n1", "sleep=never");
        var busy = host("n2");
        var vee = site.running(spec("v", 1).wishing(VeeSpec.Wish.ANYWHERE.on("n2")));
        assertThat(vee.host()).contains(busy);
        refused("HOST_CANNOT_SLEEP", () -> site.veem.hosts().sleep(ADMIN, sleepless));
        refused("HOST_IN_USE", () -> site.veem.hosts().sleep(ADMIN, busy));
        refused("NOT_ALLOWED", () -> site.veem.hosts().sleep(ANNA, sleepless));
        refused("NOT_ALLOWED", () -> site.veem.hosts().wake(ANNA, busy));
        assertThat(states()).containsOnly(Map.entry("n1", Host.State.ENABLED), Map.entry("n2", Host.State.ENABLED));
    }

    private static void refused(String code, Runnable wish) {
        assertThatThrownBy(wish::run).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    @Test
    void aHostThatDoesNotWakeInTimeIsTold() {
        var host = host("n1", "sleep=0s&wake=never");
        site.veem.hosts().sleep(ADMIN, host);
        pass(Duration.ofMinutes(1));
        site.veem.hosts().wake(ADMIN, host);
        pass(Duration.ofMinutes(4));
        assertThat(state(host)).isEqualTo(Host.State.WAKING);
        pass(Duration.ofMinutes(2));
        assertThat(state(host)).isEqualTo(Host.State.UNREACHABLE);
        assertThat(site.veem.hosts().host(ADMIN, host).problem().orElseThrow()).contains("did not come within 5m");
        assertThat(told()).last().isEqualTo("host.unreachable " + host);
        site.world.machine("n1").pressButton();
        pass(Duration.ofSeconds(10));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
        assertThat(site.veem.hosts().host(ADMIN, host).problem()).isEmpty();
    }

    @Test
    void aPacketThatIsLostIsSentAgainAndAHostThatSaysNoStaysAwake() {
        var script = Faults.script();
        site.world.faults(script);
        var host = host("n1");
        script.next(Verb.SLEEP, Fault.BUSY);
        site.veem.hosts().sleep(ADMIN, host);
        pass(Duration.ofSeconds(30));
        assertThat(state(host)).as("it was busy, and is asked again in a minute").isEqualTo(Host.State.FALLING_ASLEEP);
        pass(Duration.ofSeconds(50));
        assertThat(state(host)).isEqualTo(Host.State.ASLEEP);
        script.next(Verb.WAKE, Fault.TIMED_OUT_UNDONE).next(Verb.WAKE, Fault.UNREACHABLE);
        site.veem.hosts().wake(ADMIN, host);
        pass(Duration.ofMinutes(2));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
        assertThat(script.isDone()).isTrue();

        script.next(Verb.SLEEP, Fault.NO_ROOM);
        site.veem.hosts().sleep(ADMIN, host);
        pass(Duration.ofSeconds(4));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
        assertThat(site.database().read(sql -> HostTable.find(sql, host)).orElseThrow().state()).isEqualTo(Host.State.ENABLED);
        assertThat(told()).last().isEqualTo("host.enabled " + host);
    }

    @Test
    void aHostWhoseButtonIsPressedIsFoundAwake() {
        var host = host("n1");
        site.veem.hosts().sleep(ADMIN, host);
        pass(Duration.ofMinutes(2));
        assertThat(state(host)).isEqualTo(Host.State.ASLEEP);
        site.world.machine("n1").pressButton();
        pass(Duration.ofSeconds(2));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
    }

    /** libvirt sends a host to sleep ten seconds after it has said that it will. */
    @Test
    void anAnswerOfTheMomentBeforeItFallsAsleepIsNotTakenForWakefulness() {
        var host = host("n1");
        site.veem.hosts().sleep(ADMIN, host);
        turn();
        site.world.machine("n1").cutOff();
        turn();
        assertThat(state(host)).isEqualTo(Host.State.ASLEEP);
        site.world.machine("n1").reconnect();
        pass(Duration.ofSeconds(4));
        assertThat(state(host)).isEqualTo(Host.State.ASLEEP);
        site.veem.hosts().wake(ADMIN, host);
        pass(Duration.ofSeconds(4));
        assertThat(state(host)).as("its answers of now say nothing").isEqualTo(Host.State.WAKING);
        pass(Duration.ofMinutes(2));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
    }

    @Test
    void aProgramOfTheSiteWakesHostsInstead() {
        var called = new ArrayList<String>();
        var host = host("n1", "sleep=0s&wake=never");
        site.restart(site.keeping().waking(new Waking(Optional.of((name, uri) -> {
            called.add(name + " " + uri.replaceFirst("\\?.*", ""));
            if (called.size() > 1) {
                site.world.machine(name).pressButton();
            }
            return called.size() > 1;
        }), Duration.ofMinutes(3))));
        site.veem.hosts().sleep(ADMIN, host);
        pass(Duration.ofMinutes(1));
        site.veem.hosts().wake(ADMIN, host);
        pass(Duration.ofSeconds(40));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
        assertThat(called).containsExactly("n1 sim://n1", "n1 sim://n1");
    }

    // ---- by policy, and for who needs it

    @Test
    void emptyHostsFallAsleepAfterATimeAndOneStaysAwakeForWhoComesNext() {
        for (int i = 1; i <= 4; i++) {
            host("n" + i);
        }
        site.running(spec("v", 2));
        site.veem.placements().set(ADMIN, saving(Duration.ofMinutes(10), 1));
        pass(Duration.ofMinutes(9));
        assertThat(states().values()).containsOnly(Host.State.ENABLED);
        pass(Duration.ofMinutes(2));
        assertThat(states().values()).containsExactlyInAnyOrder(Host.State.ENABLED, Host.State.ENABLED, Host.State.ASLEEP, Host.State.ASLEEP);
        pass(Duration.ofHours(2));
        assertThat(states().values()).as("the spare one sleeps never").containsExactlyInAnyOrder(Host.State.ENABLED, Host.State.ENABLED, Host.State.ASLEEP, Host.State.ASLEEP);

        site.running(spec("big", 8));
        pass(Duration.ofMinutes(2));
        assertThat(states().values()).as("another one is the spare one").containsExactlyInAnyOrder(Host.State.ENABLED, Host.State.ENABLED, Host.State.ENABLED, Host.State.ASLEEP);
    }

    @Test
    void aVeeThatFitsNowhereAwakeWakesAHostAndNoMoreThanAreNeeded() {
        var hosts = new ArrayList<HostId>();
        for (int i = 1; i <= 4; i++) {
            hosts.add(host("n" + i));
        }
        site.running(spec("v", 6).wishing(VeeSpec.Wish.ANYWHERE.on("n1")));
        hosts.subList(1, 4).forEach(host -> site.veem.hosts().sleep(ADMIN, host));
        pass(Duration.ofSeconds(14));
        assertThat(site.running(spec("small", 2)).host()).as("it has room on what is awake").contains(hosts.getFirst());
        pass(Duration.ofMinutes(5));
        assertThat(states().values()).containsExactlyInAnyOrder(Host.State.ENABLED, Host.State.ASLEEP, Host.State.ASLEEP, Host.State.ASLEEP);

        var waits = List.of(site.running(spec("a", 3)).id(), site.running(spec("b", 3)).id());
        assertThat(site.vee(waits.getFirst()).problem().orElseThrow()).contains("3 hosts sleep; one is woken if that makes room");
        var asked = site.clock.instant();
        while (waits.stream().anyMatch(vee -> site.vee(vee).state() != VeeState.RUNNING) && site.clock.instant().isBefore(asked.plusSeconds(300))) {
            turn();
            site.clock.advance(STEP);
        }
        assertThat(waits).allSatisfy(vee -> assertThat(site.vee(vee).state()).isEqualTo(VeeState.RUNNING));
        assertThat(Duration.between(asked, site.clock.instant())).as("the host needs a minute").isLessThan(Duration.ofSeconds(70));
        assertThat(states().values()).containsExactlyInAnyOrder(Host.State.ENABLED, Host.State.ENABLED, Host.State.ASLEEP, Host.State.ASLEEP);
    }

    @Test
    void whoAskedForAHostThatSleepsWakesThatOneAndWhoFitsNowhereWakesNone() {
        host("n1");
        host("n2");
        host("n3");
        List.of(2L, 3L).forEach(id -> site.veem.hosts().sleep(ADMIN, new HostId(id)));
        pass(Duration.ofSeconds(20));
        var there = site.running(spec("there", 1).wishing(VeeSpec.Wish.ANYWHERE.on("n3")));
        site.running(spec("giant", 64));
        pass(Duration.ofMinutes(2));
        assertThat(site.vee(there.id()).state()).isEqualTo(VeeState.RUNNING);
        assertThat(states()).containsEntry("n2", Host.State.ASLEEP).containsEntry("n3", Host.State.ENABLED);
    }

    @Test
    void powerSavingEmptiesHostsAndPutsThemToSleepAndLoadBalanceWakesThem() {
        for (int i = 1; i <= 3; i++) {
            host("n" + i);
        }
        for (int i = 0; i < 6; i++) {
            site.running(spec("v" + i, 1));
        }
        site.veem.placements().set(ADMIN, saving(Duration.ofMinutes(2), 0));
        pass(Duration.ofMinutes(8));
        assertThat(states().values()).containsExactlyInAnyOrder(Host.State.ENABLED, Host.State.ASLEEP, Host.State.ASLEEP);
        assertThat(site.vees()).allSatisfy(vee -> assertThat(vee.state()).isEqualTo(VeeState.RUNNING));

        site.veem.placements().set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of("balance", 1.0), 1, 10, 0.01, Duration.ofMinutes(1), Optional.empty()));
        pass(Duration.ofMinutes(4));
        assertThat(states().values()).containsOnly(Host.State.ENABLED);
        assertThat(site.vees().stream().collect(Collectors.groupingBy(vee -> vee.host().orElseThrow(), Collectors.counting())).values()).containsExactly(2L, 2L, 2L);
    }

    @Test
    void aLeaseWakesTheHostThatItWasPromisedAndKeepsItAwake() {
        var host = host("n1");
        site.veem.hosts().sleep(ADMIN, host);
        pass(Duration.ofMinutes(1));
        var begin = site.clock.wholeSecond().plus(Duration.ofMinutes(30));
        var lease = site.veem.leases().request(ANNA, new LeaseWish("noon", LeaseWish.Start.AT, Optional.of(begin), Duration.ofHours(1), Optional.empty(), Optional.empty(),
                List.of(VeeSpec.of("l", 4, DataSize.mebibytes(640)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1))))))).id();
        pass(Duration.ofMinutes(2));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
        refused("HOST_IN_USE", () -> site.veem.hosts().sleep(ADMIN, host));
        pass(Duration.ofMinutes(30));
        assertThat(site.veem.leases().lease(ANNA, lease).vees().getFirst().state()).contains(VeeState.RUNNING);
    }

    @Test
    void aSiteThatIsRestartedAtAnyMomentOfItKnowsWhoSleeps() {
        var host = host("n1");
        host("n2");
        site.veem.hosts().sleep(ADMIN, host);
        site.restart();
        pass(Duration.ofSeconds(20));
        assertThat(state(host)).isEqualTo(Host.State.ASLEEP);
        site.restart();
        pass(Duration.ofMinutes(5));
        assertThat(state(host)).isEqualTo(Host.State.ASLEEP);
        site.veem.hosts().wake(ADMIN, host);
        site.restart();
        pass(Duration.ofMinutes(2));
        assertThat(state(host)).isEqualTo(Host.State.ENABLED);
    }

    @Test
    void aHostThatSleepsIsNeitherLostNorFencedOffAndItsDisabledNeighbourIsNotWoken() {
        var fenced = new ArrayList<String>();
        var sleeper = host("n1");
        var disabled = host("n2");
        site.restart(site.keeping().restartingLost(Duration.ofMinutes(1), (name, _) -> fenced.add(name)));
        site.veem.hosts().disable(ADMIN, disabled);
        List.of(sleeper, disabled).forEach(host -> site.veem.hosts().sleep(ADMIN, host));
        pass(Duration.ofMinutes(10));
        assertThat(fenced).isEmpty();
        var vee = site.running(spec("v", 1));
        pass(Duration.ofMinutes(2));
        assertThat(site.vee(vee.id()).host()).contains(sleeper);
        assertThat(state(disabled)).isEqualTo(Host.State.ASLEEP);
    }
}
