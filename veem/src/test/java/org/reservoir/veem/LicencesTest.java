package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.veem.SimulatedSite.ADMIN;
import static org.reservoir.veem.SimulatedSite.ANNA;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.Licences;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Verb;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.work.Scheduler;

/** Licences of so many seats: who may declare them, who gets a seat, who waits. */
class LicencesTest extends LicensedSite {
    // ---- what administrators say

    @Test
    void aLicenceIsDeclaredShownChangedAndTakenAway() {
        assertThat(licences().licences(ADMIN)).isEmpty();
        set("oracle", 2, false);
        set("datacenter", 1, true);
        assertThat(licences().licences(ADMIN)).extracting(Licence::name, Licence::seats, Licence::perHost).containsExactly(org.assertj.core.groups.Tuple.tuple("datacenter", 1, true),
                org.assertj.core.groups.Tuple.tuple("oracle", 2, false));
        var vees = made(3, "oracle", "datacenter");
        assertThat(licences().licence(ADMIN, "oracle")).satisfies(oracle -> {
            assertThat(List.of(oracle.taken(), oracle.members(), oracle.waiting())).containsExactly(2, 2, 1);
            assertThat(oracle.holders()).extracting(Licence.Holder::vee).containsExactly(vees.get(0).id(), vees.get(1).id());
        });
        assertThat(licences().licence(ADMIN, "datacenter")).satisfies(datacenter -> {
            assertThat(List.of(datacenter.taken(), datacenter.members(), datacenter.waiting())).containsExactly(1, 2, 1);
            assertThat(datacenter.hosts()).hasSize(1);
        });
        assertThatThrownBy(() -> licences().remove(ADMIN, "oracle")).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("LICENCE_IN_USE");
            assertThat(refused.getMessage()).contains("db1, db2, db3");
            assertThat(refused.advice()).contains("licence set oracle --seats 0");
        });
        assertThat(licences().licence(ADMIN, "oracle").seats()).as("it is still there").isEqualTo(2);
        vees.forEach(vee -> site.after(vee.id(), new VeeAction.Terminate(true)));
        licences().remove(ADMIN, "oracle");
        assertThat(code(() -> licences().licence(ADMIN, "oracle"))).isEqualTo("LICENCE_NOT_FOUND");
        assertThat(code(() -> licences().remove(ADMIN, "oracle"))).isEqualTo("LICENCE_NOT_FOUND");
    }

    @Test
    void whatIsNoLicenceIsRefused() {
        assertThat(code(() -> set("no name", 1, false))).isEqualTo("BAD_NAME");
        assertThat(code(() -> set("oracle", -1, false))).isEqualTo("BAD_LICENCE");
        assertThat(code(() -> set("oracle", 1_000_001, false))).isEqualTo("BAD_LICENCE");
        assertThat(code(() -> licences().licences(ANNA))).isEqualTo("ADMINISTRATORS_ONLY");
        assertThat(code(() -> licences().set(ANNA, new Licence.Terms("oracle", 1, false)))).isEqualTo("ADMINISTRATORS_ONLY");
        assertThat(code(() -> licences().remove(ANNA, "oracle"))).isEqualTo("ADMINISTRATORS_ONLY");
    }

    @Test
    void aVeeThatAsksForALicenceThatIsNotThereIsRefusedAndNothingIsMade() {
        set("oracle", 1, false);
        assertThatThrownBy(() -> site.veem.vees().create(ADMIN, List.of(spec("web"), licensed("db", "oracel")))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("LICENCE_NOT_FOUND");
            assertThat(refused.getMessage()).isEqualTo("VEE db asks for licence 'oracel', and the site has none of that name.");
            assertThat(refused.advice()).isEqualTo("Did you mean 'oracle'? An administrator declares one: reservoir licence set oracel --seats N");
        });
        assertThat(site.vees()).isEmpty();
    }

    @Test
    void noSeatsCanBeReservedByALease() {
        set("oracle", 1, false);
        var wish = new LeaseWish("noon", LeaseWish.Start.NOW, Optional.empty(), Duration.ofHours(1), Optional.empty(), Optional.empty(), List.of(licensed("db", "oracle")));
        assertThatThrownBy(() -> site.veem.leases().request(ADMIN, wish)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("BAD_LEASE");
            assertThat(refused.advice()).contains("licences");
        });
    }

    // ---- seats

    @Test
    void whoFindsNoSeatWaitsSaysWhyAndStartsWhenOneIsFree() {
        set("oracle", 2, false);
        var vees = made(3, "oracle");
        assertThat(vees).extracting(VeeRecord::state).containsExactly(VeeState.RUNNING, VeeState.RUNNING, VeeState.PENDING);
        var waits = vees.getLast();
        assertThat(waits.problem().orElseThrow()).isEqualTo("no host takes it: 3 hosts would need a seat of a licence of which all are taken; nearest, all 2 seats of licence oracle are taken. "
                + "What would help: one more seat of licence oracle (reservoir licence set oracle --seats N), or the end of a VEE that has one.");
        assertThat(site.veem.vees().explain(ADMIN, waits.id())).hasSize(3).extracting(Vees.WhyNot::reasons).allSatisfy(reasons -> assertThat(reasons).singleElement().asString()
                .startsWith("all 2 seats of licence oracle are taken; what would help: one more seat of licence oracle"));
        assertThat(site.veem.vees().conflict(ADMIN, waits.id()).rules()).containsExactly("licence oracle has 2 seats");
        assertThat(site.veem.vees().conflict(ADMIN, waits.id()).help()).containsExactly("more seats of licence oracle");
        assertThat(site.running(spec("web")).state()).as("who asks for none is not kept waiting").isEqualTo(VeeState.RUNNING);
        site.after(vees.getFirst().id(), new VeeAction.Terminate(true));
        assertThat(now(waits).state()).isEqualTo(VeeState.RUNNING);
        assertThat(now(waits).problem()).isEmpty();
    }

    @Test
    void whoWaitsStartsWhenThereAreMoreSeatsAndNobodyEndsWhenThereAreFewer() {
        set("oracle", 1, false);
        var vees = made(3, "oracle");
        assertThat(now(vees.get(1)).problem().orElseThrow()).contains("the only seat of licence oracle is taken");
        set("oracle", 2, false);
        site.work();
        assertThat(running()).isEqualTo(2);
        var told = set("oracle", 0, false);
        assertThat(List.of(told.seats(), told.taken(), told.waiting())).containsExactly(0, 2, 1);
        site.work();
        assertThat(running()).isEqualTo(2);
        assertThat(now(vees.get(2)).problem().orElseThrow()).contains("licence oracle has no seats");
        site.after(vees.get(0).id(), new VeeAction.Terminate(true));
        set("oracle", 1, false);
        site.work();
        assertThat(now(vees.get(2)).state()).as("the one that is left has the only seat").isEqualTo(VeeState.PENDING);
    }

    @Test
    void whoHasNoPlaceHasNoSeatAndWhoRestsOnAHostKeepsIt() {
        set("oracle", 1, false);
        var vees = made(2, "oracle");
        site.after(vees.get(0).id(), new VeeAction.PowerOff(true));
        assertThat(now(vees.get(1)).state()).as("it is on its host still").isEqualTo(VeeState.PENDING);
        site.after(vees.get(0).id(), new VeeAction.Undeploy(true));
        assertThat(now(vees.get(1)).state()).isEqualTo(VeeState.RUNNING);
        assertThat(site.after(vees.get(0).id(), new VeeAction.Resume()).state()).isEqualTo(VeeState.PENDING);
    }

    @Test
    void byHandNobodyGetsASeatThatIsNotThere() {
        set("oracle", 1, false);
        set("datacenter", 1, true);
        var vees = made(2, "oracle");
        var host = now(vees.get(0)).host().orElseThrow();
        assertThatThrownBy(() -> site.veem.vees().act(ADMIN, vees.get(1).id(), new VeeAction.Deploy(host))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("NO_SEAT");
            assertThat(refused.getMessage()).contains("the only seat of licence oracle is taken");
        });
        var other = IntStream.rangeClosed(1, 3).mapToObj(HostId::new).filter(it -> !it.equals(host)).findFirst().orElseThrow();
        assertThat(site.after(vees.get(0).id(), new VeeAction.Migrate(Optional.of(other), true)).host()).as("its seat goes with it").contains(other);
        var both = site.veem.vees().create(ADMIN, List.of(licensed("a", "datacenter"), licensed("b", "datacenter")));
        site.work();
        var there = site.vee(both.getFirst().id()).host().orElseThrow();
        var away = IntStream.rangeClosed(1, 3).mapToObj(HostId::new).filter(it -> !it.equals(there)).findFirst().orElseThrow();
        assertThat(code(() -> site.veem.vees().act(ADMIN, both.getFirst().id(), new VeeAction.Migrate(Optional.of(away), true)))).as("the other would stay").isEqualTo("NO_SEAT");
    }

    @Test
    void aMigratingVeeHasOneSeatAndNobodyGetsAnotherMeanwhile() {
        set("oracle", 2, false);
        var first = made(1, "oracle").getFirst();
        var to = IntStream.rangeClosed(1, 3).mapToObj(HostId::new).filter(it -> !now(first).host().orElseThrow().equals(it)).findFirst().orElseThrow();
        var seen = new ArrayList<Integer>();
        site.world.faults(call -> {
            if (call.verb() == Verb.MIGRATE) {
                seen.add(licences().licence(ADMIN, "oracle").taken());
                site.veem.vees().create(ADMIN, List.of(licensed("second" + seen.size(), "oracle"), licensed("third" + seen.size(), "oracle")));
                site.veem.scheduler.turn();
            }
            return Fault.NONE;
        });
        site.veem.vees().act(ADMIN, first.id(), new VeeAction.Migrate(Optional.of(to), true));
        site.work();
        assertThat(seen).isNotEmpty().first().isEqualTo(1);
        assertThat(running()).isEqualTo(2);
        assertThat(licences().licence(ADMIN, "oracle").taken()).isEqualTo(2);
    }

    @Test
    void perHostVeesGatherOnAsManyHostsAsThereAreSeats() {
        set("datacenter", 2, true);
        var vees = made(12, "datacenter");
        assertThat(vees).allSatisfy(vee -> assertThat(vee.state()).isEqualTo(VeeState.RUNNING));
        assertThat(hostsOf(vees)).hasSize(2);
        var more = IntStream.rangeClosed(1, 6).mapToObj(i -> site.running(licensed("more" + i, "datacenter"))).toList();
        assertThat(more.stream().filter(vee -> vee.state() == VeeState.RUNNING)).as("two hosts of 64 CPUs hold sixteen of eight").hasSize(4);
        assertThat(more.getLast().problem().orElseThrow()).contains("2 hosts have too little cpu left, 1 host would need a seat of a licence of which all are taken");
        assertThat(site.veem.vees().explain(ADMIN, more.getLast().id())).flatExtracting(Vees.WhyNot::reasons).anyMatch(why -> why.startsWith("all 2 seats of licence datacenter are taken, by other hosts"));
        set("datacenter", 3, true);
        site.work();
        assertThat(running()).isEqualTo(18);
    }

    @Test
    void aVeeOfTwoLicencesNeedsASeatOfEach() {
        set("oracle", 5, false);
        set("linux", 1, false);
        assertThat(made(2, "oracle", "linux", "linux")).extracting(VeeRecord::state).containsExactly(VeeState.RUNNING, VeeState.PENDING);
        assertThat(licences().licence(ADMIN, "oracle").taken()).isEqualTo(1);
    }

    @Test
    void aSetGetsSeatsForAllOfItOrNone() {
        set("oracle", 2, false);
        var specs = IntStream.rangeClosed(1, 3).mapToObj(i -> spec("w" + i).wishing(VeeSpec.Wish.ANYWHERE.licensed(List.of("oracle")).in("w"))).toList();
        var set = site.veem.vees().create(ADMIN, specs);
        site.work();
        assertThat(running()).isZero();
        assertThat(site.vee(set.getFirst().id()).problem().orElseThrow()).contains("2 of 3 have room");
        set("oracle", 3, false);
        site.work();
        assertThat(running()).isEqualTo(3);
    }

    @Test
    void aFailedDeploymentGivesItsSeatToTheNext() {
        set("oracle", 1, false);
        site.world.faults(call -> call.verb() == Verb.START ? Fault.NO_ROOM : Fault.NONE);
        var first = made(1, "oracle").getFirst();
        site.world.faults(_ -> Fault.NONE);
        var second = site.running(licensed("second", "oracle"));
        assertThat(licences().licence(ADMIN, "oracle").taken()).isLessThanOrEqualTo(1);
        assertThat(List.of(now(first), now(second)).stream().filter(vee -> vee.host().isPresent())).hasSizeLessThanOrEqualTo(1);
    }

    // ---- several servers

    @Test
    void seatsAreTakenAsTheyAreAfterARestartAndByAnotherServer() {
        set("oracle", 2, false);
        var vees = made(3, "oracle");
        site.restart();
        site.work();
        assertThat(running()).isEqualTo(2);
        var other = site.another();
        other.licences().set(ADMIN, new Licence.Terms("oracle", 3, false));
        site.work();
        assertThat(now(vees.get(2)).state()).as("what another server is told holds here").isEqualTo(VeeState.RUNNING);
        other.vees().create(ADMIN, licensed("late", "oracle"));
        other.scheduler.turn();
        site.work();
        assertThat(running()).isEqualTo(3);
        other.close();
    }

    @Test
    void whoIsPlacedWhileAServerWaitsForItsTurnKeepsItsSeat() throws InterruptedException {
        set("oracle", 1, false);
        var early = site.veem.vees().create(ADMIN, licensed("early", "oracle")).id();
        var late = site.veem.vees().create(ADMIN, licensed("late", "oracle")).id();
        var host = site.veem.hosts().hosts(ADMIN, Page.Request.FIRST).items().getFirst().id();
        var turn = Thread.ofVirtual().unstarted(() -> site.veem.scheduler.turn());
        site.database().run(another -> {
            Scheduler.alone(another.sql());
            turn.start();
            while (!isAwaited()) {
                Thread.onSpinWait();
            }
            Scheduler.deploy(another, VeeTable.lock(another.sql(), late).orElseThrow(), host, "placed by another server", site.clock.instant());
        });
        assertThat(turn.join(Duration.ofMinutes(1))).isTrue();
        assertThat(licences().licence(ADMIN, "oracle").taken()).isEqualTo(1);
        assertThat(site.vee(early).state()).isEqualTo(VeeState.PENDING);
        assertThat(site.vee(late).state()).isEqualTo(VeeState.DEPLOYING);
    }

    /** Whether somebody waits for the lock of placement. */
    private boolean isAwaited() {
        return site.database().read(sql -> sql.createQuery("""
                select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))""")
                .mapTo(Boolean.class).one());
    }

    @Test
    void twoServersThatRaceNeverGiveMoreSeatsThanThereAre() {
        try (var racing = SimulatedSite.with(3); var second = racing.open(org.reservoir.interfaces.vmi.Quotas.UNBOUNDED, "two")) {
            second.start();
            racing.veem.licences().set(ADMIN, new Licence.Terms("oracle", 5, false));
            var makers = List.of(racing.veem, second).stream().map(server -> Thread.ofVirtual().start(() -> IntStream.range(0, 10).forEach(i ->
                    server.vees().create(ADMIN, VeeSpec.of((server == second ? "b" : "a") + i, 1, DataSize.mebibytes(64)).wishing(VeeSpec.Wish.ANYWHERE.licensed(List.of("oracle"))))))).toList();
            for (var maker : makers) {
                assertThat(maker.join(Duration.ofMinutes(1))).isTrue();
            }
            racing.await(() -> {
                var oracle = second.licences().licence(ADMIN, "oracle");
                assertThat(oracle.taken()).isLessThanOrEqualTo(5);
                return oracle.taken() == 5 && oracle.waiting() == 15;
            }, "five of twenty to have a seat");
            racing.veem.licences().set(ADMIN, new Licence.Terms("oracle", 6, false));
            racing.await(() -> second.licences().licence(ADMIN, "oracle").taken() == 6, "the sixth");
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }
}
