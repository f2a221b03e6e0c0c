package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.veem.SimulatedSite.ADMIN;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.UserId;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.placing.WaitingSets;

/** VEEs that get their first places all at the same time or not at all, on three hosts of 64 CPUs. */
class SetsTest {
    private static final Caller USER = new Caller(new UserId(2), "user", new GroupId(2), Set.of(new GroupId(2)), false);
    private final SteppedSite site = new SteppedSite(3);

    @AfterEach
    void close() {
        site.close();
    }

    private static VeeSpec spec(String name, int cpus) {
        return VeeSpec.of(name, cpus, DataSize.gibibytes(1));
    }

    private static List<VeeSpec> set(String set, int count, int cpus) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> spec(set + "-" + i, cpus).wishing(VeeSpec.Wish.ANYWHERE.in(set))).toList();
    }

    private List<VeeRecord> made(List<VeeSpec> specs) {
        var vees = site.veem.vees().create(ADMIN, specs);
        site.work();
        return vees.stream().map(vee -> site.vee(vee.id())).toList();
    }

    private List<VeeRecord> again(List<VeeRecord> vees) {
        return vees.stream().map(vee -> site.vee(vee.id())).toList();
    }

    @Test
    void aSetThatDoesNotFitHasNoPlaceAndSaysHowManyOfItFitAndWhatWouldHelp() {
        var four = made(set("w", 4, 40));
        assertThat(four).allSatisfy(vee -> {
            assertThat(vee.state()).isEqualTo(VeeState.PENDING);
            assertThat(vee.problem().orElseThrow()).contains("its set w is placed as a whole or not at all: 3 of 4 have room. The first without is w-4:").contains("too little cpu")
                    .endsWith("Or ask for no more than 3 of them.");
        });
        var hosts = site.veem.vees().explain(ADMIN, four.getFirst().id());
        assertThat(hosts).as("beside the others of its set").hasSize(3).allSatisfy(host -> assertThat(host.reasons()).singleElement().asString().contains("cpu"));
        assertThat(site.veem.vees().conflict(ADMIN, four.getFirst().id()).vees()).hasSize(4);
        assertThat(site.running(spec("other", 64)).state()).as("whoever comes after it misses no room for it").isEqualTo(VeeState.RUNNING);
        site.veem.hosts().add(ADMIN, HostRequest.of("h4", "sim://h4?cpus=128&memory=256GiB&disk=8TiB"));
        site.work();
        assertThat(again(four)).allSatisfy(vee -> assertThat(vee.state()).isEqualTo(VeeState.RUNNING));
        assertThat(site.veem.vees().history(ADMIN, four.getLast().id())).extracting(Vee.Past::why).anyMatch(why -> why.endsWith("with all 4 of set w"));
    }

    @Test
    void aSetOfWhichOneIsGivenUpIsPlacedWhenTheRestFits() {
        var four = made(set("w", 4, 40));
        site.after(four.get(1).id(), new VeeAction.Terminate(true));
        assertThat(again(four)).extracting(VeeRecord::state).containsExactly(VeeState.RUNNING, VeeState.TERMINATED, VeeState.RUNNING, VeeState.RUNNING);
    }

    @Test
    void aSetWaitsForThoseOfItThatAreHeldAndAnotherOwnersSetOfThatNameDoesNot() {
        var specs = set("w", 3, 8);
        var three = made(List.of(specs.get(0), specs.get(1).held(), specs.get(2)));
        assertThat(three).extracting(VeeRecord::state).containsExactly(VeeState.PENDING, VeeState.HELD, VeeState.PENDING);
        assertThat(three.getFirst().problem().orElseThrow()).isEqualTo("it is placed together with all of its set w, and w-2 of it is held");
        var other = site.veem.vees().create(USER, spec("mine", 8).wishing(VeeSpec.Wish.ANYWHERE.in("w"))).id();
        site.work();
        assertThat(site.vee(other).state()).isEqualTo(VeeState.RUNNING);
        site.after(three.get(1).id(), new VeeAction.Release());
        assertThat(again(three)).allSatisfy(vee -> assertThat(vee.state()).isEqualTo(VeeState.RUNNING));
    }

    @Test
    void whoHadAPlaceOnceComesBackForItself() {
        var waiting = made(set("w", 4, 40)).getFirst();
        assertThat(WaitingSets.of(waiting)).isPresent();
        assertThat(WaitingSets.of(waiting.on(Optional.of(new HostId(1))))).isEmpty();
        assertThat(WaitingSets.of(waiting.withTask(Optional.of(Task.own(Job.DEPLOY, VeeState.PENDING).failedOn(List.of(new HostId(1))))))).isEmpty();
    }

    @Test
    void aPlanThatMakesRoomForASetBeginsAllOfItOrNothing() {
        for (int cpus : new int[] {25, 26, 12}) {
            site.running(spec("there-" + cpus, cpus));
        }
        assertThat(site.vees().stream().map(VeeRecord::host)).as("39, 38 and 52 CPUs are left").doesNotHaveDuplicates();
        var two = made(set("w", 2, 40));
        assertThat(two).allSatisfy(vee -> assertThat(vee.problem().orElseThrow()).contains("of 2 have room"));
        site.veem.placements().set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of("balance", 1.0), 1, 10, 0.01, Duration.ZERO, Optional.empty()));
        site.veem.placements().run(ADMIN, Optional.empty());
        for (int done = 1; done > 0;) {
            done = site.veem.optimiser.turn();
            assertThat(again(two).stream().flatMap(vee -> vee.host().stream()).count()).isIn(0L, 2L);
            for (int work = 1; work > 0;) {
                work = site.veem.engine.claim() + site.veem.engine.write();
                done += work;
            }
        }
        assertThat(site.veem.placements().plans(ADMIN).getFirst().state()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(again(two)).allSatisfy(vee -> assertThat(vee.state()).isEqualTo(VeeState.RUNNING));
    }

    /** Killed at its first event, its second, and so on until it lives. */
    @Test
    @Tag("long")
    void aServerKilledAtAnyMomentLeavesNeitherHalfASetNorOneThatIsStuck() {
        for (var moment : CrashPoints.Moment.values()) {
            for (int event = 1, lived = 0; lived == 0; event++) {
                var set = "%s%d".formatted(moment.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), event);
                site.points.arm(event, moment);
                lived = site.survives(veem -> {
                    veem.vees().create(ADMIN, set(set, 3, 8));
                    site.work();
                }) ? 1 : 0;
                assertThat(placedOf(set)).as("%s, killed at event %d", set, event).isIn(0L, 3L);
                site.converge();
                assertThat(placedOf(set)).as("%s, at rest", set).isEqualTo(site.vees().size());
                site.vees().forEach(vee -> {
                    assertThat(vee.state()).isEqualTo(VeeState.RUNNING);
                    site.act(vee.id(), new VeeAction.Terminate(true));
                });
                site.converge();
            }
        }
        assertThat(site.points.struck()).isGreaterThan(10);
    }

    private long placedOf(String set) {
        return site.vees().stream().filter(vee -> vee.spec().placement().set().filter(set::equals).isPresent() && vee.host().isPresent()).count();
    }
}
