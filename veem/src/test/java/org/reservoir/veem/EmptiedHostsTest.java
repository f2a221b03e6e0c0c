package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.VeeRecord;

/** Hosts that VEEs are to leave or may not go to, and who a host is. */
@Tag("long")
class EmptiedHostsTest extends TroubledSite {
    // ---- emptying

    @Test
    void anEvacuatedHostIsLeftByAllWhateverTheirState() {
        var vees = IntStream.range(0, 6).mapToObj(n -> running("v" + n)).toList();
        var host = vees.getFirst().host().orElseThrow();
        var there = vees.stream().map(VeeRecord::id).filter(vee -> site.vee(vee).host().orElseThrow().equals(host)).toList();
        site.after(there.get(0), new VeeAction.PowerOff(true));
        site.after(there.get(1), new VeeAction.Stop());
        site.after(there.get(2), new VeeAction.Suspend());
        site.veem.hosts().evacuate(SimulatedSite.ADMIN, host);
        site.work();
        assertThat(vees).allSatisfy(vee -> assertThat(site.vee(vee.id()).host().orElseThrow()).isNotEqualTo(host));
        assertThat(there.stream().map(vee -> site.vee(vee).state())).containsExactly(VeeState.POWERED_OFF, VeeState.STOPPED, VeeState.SUSPENDED);
        site.veem.hosts().remove(SimulatedSite.ADMIN, host);
    }

    @Test
    void thoseThatMustBeTogetherLeaveAHostForOneThatHasRoomForAll() {
        var wish = new VeeSpec.Wish(Optional.empty(), Optional.of("-total_cpu"), Optional.of("g"), true, false, Optional.empty());
        var group = IntStream.range(0, 3).mapToObj(n -> site.running(site.spec("g" + n).wishing(wish)).id()).toList();
        site.veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("small", "sim://small?cpus=2"));
        var from = site.vee(group.getFirst()).host().orElseThrow();
        assertThat(group).allSatisfy(vee -> assertThat(site.vee(vee).host()).contains(from));
        site.veem.hosts().evacuate(SimulatedSite.ADMIN, from);
        site.work();
        assertThat(group.stream().map(vee -> host(site.vee(vee).host().orElseThrow()).name()).distinct().toList()).singleElement()
                .satisfies(name -> assertThat(name).isNotEqualTo("small").isNotEqualTo(host(from).name()));
    }

    @Test
    void thoseThatMustBeTogetherAllStayOnAHostThatNotAllOfThemCanLeave() {
        var wish = new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.of("g"), true, false, Optional.empty());
        var group = IntStream.range(0, 3).mapToObj(n -> site.running(site.spec("g" + n).wishing(wish)).id()).toList();
        site.veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("small", "sim://small?cpus=2"));
        var from = site.vee(group.getFirst()).host().orElseThrow();
        site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().filter(other -> !other.id().equals(from) && !other.name().equals("small"))
                .forEach(other -> site.veem.hosts().disable(SimulatedSite.ADMIN, other.id()));
        site.veem.hosts().evacuate(SimulatedSite.ADMIN, from);
        site.work();
        assertThat(group).allSatisfy(vee -> assertThat(site.vee(vee)).satisfies(stays -> {
            assertThat(stays.host()).contains(from);
            assertThat(stays.problem().orElseThrow()).startsWith("cannot leave its host: ");
        }));
    }

    @Test
    void aVeeOfASiteWithOneHostIsToldThatThereIsNoOther() {
        var vee = running("v");
        site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().filter(host -> !vee.host().orElseThrow().equals(host.id())).forEach(host -> {
            site.veem.hosts().disable(SimulatedSite.ADMIN, host.id());
            site.veem.hosts().remove(SimulatedSite.ADMIN, host.id());
        });
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee.id(), new VeeAction.Migrate(Optional.empty(), true))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("NO_ROOM");
            assertThat(refused).hasMessage("%s stays where it is: there is no other host that it could go to. What would help: add a host (reservoir host add).", vee.id());
        });
        site.veem.hosts().evacuate(SimulatedSite.ADMIN, vee.host().orElseThrow());
        site.work();
        assertThat(site.vee(vee.id()).problem()).contains("cannot leave its host: there is no other host that it could go to. What would help: add a host (reservoir host add).");
    }

    @Test
    void whatTheHostThatAVeeLeavesHasAgainstItIsNotTold() {
        var vee = running("v");
        site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().filter(host -> !vee.host().orElseThrow().equals(host.id())).forEach(host -> site.veem.hosts().disable(SimulatedSite.ADMIN, host.id()));
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee.id(), new VeeAction.Migrate(Optional.empty(), true))).isInstanceOfSatisfying(Refused.class, refused ->
                assertThat(refused).hasMessageStartingWith("%s stays where it is: no host takes it: 1 host takes no new VEEs; nearest, ".formatted(vee.id())).hasMessageNotContaining("banned"));
    }

    @Test
    void aVeeWithNowhereToGoStaysSaysWhyAndLeavesWhenAHostComes() {
        var vee = running("v");
        var host = vee.host().orElseThrow();
        var other = site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().filter(it -> !it.id().equals(host)).findFirst().orElseThrow();
        site.veem.hosts().disable(SimulatedSite.ADMIN, other.id());
        site.veem.hosts().evacuate(SimulatedSite.ADMIN, host);
        site.work();
        assertThat(site.vee(vee.id()).problem().orElseThrow()).startsWith("cannot leave its host: ");
        assertThatThrownBy(() -> site.veem.hosts().remove(SimulatedSite.ADMIN, host)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("HOST_IN_USE"));
        var entries = site.veem.vees().history(SimulatedSite.ADMIN, vee.id()).size();
        pass(Duration.ofMinutes(5));
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, vee.id())).as("it is told once").hasSize(entries);
        site.veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("h3", "sim://h3"));
        pass(Duration.ofMinutes(1));
        assertThat(host(site.vee(vee.id()).host().orElseThrow()).name()).isEqualTo("h3");
    }

    @Test
    void aVeeThatIsToBeOnAHostThatTakesNoneIsToldTheTrueReason() {
        var host = site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().getFirst();
        var wish = VeeSpec.Wish.ANYWHERE.on(host.name());
        site.veem.hosts().disable(SimulatedSite.ADMIN, host.id());
        var vee = site.running(site.spec("v").wishing(wish)).id();
        assertThat(site.vee(vee).problem().orElseThrow()).contains(host.name() + " takes no new VEEs: it is disabled", "reservoir host enable " + host.name()).doesNotContain("make room");
        assertThat(site.veem.vees().explain(SimulatedSite.ADMIN, vee)).allSatisfy(why -> assertThat(why.reasons()).singleElement().satisfies(reason ->
                assertThat(reason).contains("reservoir host enable " + host.name()).doesNotContain("make room")));
        site.veem.hosts().enable(SimulatedSite.ADMIN, host.id());
        site.world.machine(host.name()).cutOff();
        pass(Duration.ofMinutes(2));
        var other = site.running(site.spec("w").wishing(wish)).id();
        assertThat(site.vee(other).problem().orElseThrow()).contains("it does not answer", "reservoir host show " + host.name()).doesNotContain("make room");
        site.world.machine(host.name()).reconnect();
        pass(Duration.ofMinutes(2));
        assertThat(site.vee(other).host()).contains(host.id());
    }

    @Test
    void aVeeMovesToHostsOfItsOwnKindAlone() {
        var vee = running("v");
        var host = vee.host().orElseThrow();
        site.database().run(transaction -> {
            transaction.sql().createUpdate("update veem.host set facts = replace(facts, 'sim 1', 'QEMU 7.2') where id <> :id").bind("id", host.value()).execute();
            HostTable.changed(transaction.sql());
        });
        site.veem.vees().act(SimulatedSite.ADMIN, vee.id(), new VeeAction.Reschedule(true));
        site.work();
        assertThat(site.vee(vee.id())).satisfies(stays -> {
            assertThat(stays.host()).contains(host);
            assertThat(stays.problem().orElseThrow()).contains("1 host is outside its fence");
        });
        site.veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("h3", "sim://h3"));
        pass(Duration.ofMinutes(2));
        assertThat(host(site.vee(vee.id()).host().orElseThrow()).name()).isEqualTo("h3");
    }

    // ---- who it is

    /** As of one added before hosts were asked who they are. */
    @Test
    void aHostWithoutIdentityIsAskedForItAtTheNextVisit() {
        var hosts = site.veem.hosts();
        var old = hosts.add(SimulatedSite.ADMIN, HostRequest.of("old", "sim://old")).id();
        site.database().run(transaction -> transaction.sql().execute("update veem.host set identity = null where name = 'old'"));
        var twin = hosts.add(SimulatedSite.ADMIN, HostRequest.of("new", "sim://old?cpus=3")).id();
        site.veem.keeper.visitAll();
        assertThat(host(old).problem().orElseThrow()).contains("'new'", "sim://old?cpus=3", "remove one of the two");
        hosts.remove(SimulatedSite.ADMIN, twin);
        site.veem.keeper.visitAll();
        assertThat(host(old).problem()).isEmpty();
        assertThatThrownBy(() -> hosts.add(SimulatedSite.ADMIN, HostRequest.of("new", "sim://old?cpus=3")))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("HOST_ADDED_ALREADY"));
        hosts.remove(SimulatedSite.ADMIN, old);
    }
}
