package org.reservoir.placement.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.Worlds;
import org.reservoir.placement.search.Budget;

/** What admission and failover find in short, held against every case that there is, on sites that are small enough for that. */
class AdmissionByForceTest {
    @Test
    void theLossOfEachHostAgreesWithBruteForceOnTinySites() {
        Seeded.forAll(150, seed -> {
            var snapshot = tiny(seed);
            var report = new Failover(snapshot).report();
            var lost = new HashMap<Set<Long>, List<Long>>();
            report.losses().forEach(loss -> lost.put(loss.hosts(), loss.stranded()));
            for (var host : snapshot.hosts()) {
                if (snapshot.vees().stream().noneMatch(vee -> vee.host() == host.id())) {
                    continue;
                }
                if (fitsByForce(snapshot, host)) {
                    assertThat(lost).as("host %d", host.id()).doesNotContainKey(Set.of(host.id()));
                } else if (!fitsWithAllMovedByForce(snapshot, host)) {
                    assertThat(lost).as("host %d", host.id()).containsKey(Set.of(host.id()));
                }
            }
        });
    }

    /** What counting, first fit or what was found for other hosts proves is looked for by force: places for those of any hosts that are down, and for what is wanted, members of groups on different hosts. */
    @Test
    void whatIsProvedInShortIsFoundByForce() {
        var proved = new int[4];
        Seeded.forAll(1_200, seed -> {
            var random = Seeded.random(seed);
            var groups = List.<Constraint>of(new Constraint.Spread("a", Level.HOST), new Constraint.Ban(Constraint.EVERYONE, Set.of(1L)));
            var hosts = IntStream.rangeClosed(1, 5).mapToObj(id -> host(id, 2 + random.nextInt(5), 2 + random.nextInt(6))).toList();
            var placer = Placer.open(Snapshot.of(hosts).with(List.of(), groups.subList(0, 1)));
            var vees = new ArrayList<VeeView>();
            for (int i = 1; i <= 8; i++) {
                var demand = random.nextInt(3) == 0 ? vee(i, 1 + random.nextInt(2), 1 + random.nextInt(3), "a") : vee(i, 1 + random.nextInt(2), 1 + random.nextInt(3));
                if (placer.place(demand, Policy.STRIPING) instanceof Decision.Placed placed) {
                    vees.add(new VeeView(placed.demand(), placed.host()));
                }
            }
            var snapshot = Snapshot.of(hosts).with(vees, groups.subList(0, 1 + random.nextInt(2)));
            var state = new State(snapshot);
            int more = random.nextInt(3);
            var like = random.nextBoolean() ? vee(0, 1, 1, "a") : vee(0, 1, 1);
            var wanted = IntStream.range(0, more).map(i -> state.add(new Demand(100 + i, like.amounts(), like.requirements(), like.rank(), like.groups()))).toArray();
            var down = IntStream.range(0, 5).filter(_ -> random.nextInt(4) == 0).toArray();
            var needs = new Needs(state, snapshot, wanted);
            var counted = Slots.of(needs, wanted).suffice(down, new int[] {0}, new int[] {more});
            var found = new FirstFit(needs, random.nextInt(FirstFit.ways(state))).houses(down, wanted);
            var others = new boolean[5];
            IntStream.range(0, 5).forEach(host -> others[host] = random.nextInt(4) == 0);
            var elsewhere = new Rehousing(state, snapshot).of(others, wanted, Failover.random(seed));
            boolean prepared = elsewhere.whole() && Prepared.of(state, snapshot, elsewhere, 1, wanted).filter(it -> it.houses(down, wanted)).isPresent();
            boolean swapped = Prepared.of(state, snapshot, Swaps.of(needs, wanted), 0, wanted).filter(it -> it.houses(down, wanted)).isPresent();
            proved[3] += swapped && !found ? 1 : 0;
            assertThat(!swapped || fitWithout(state, down, wanted) || fitMoving(state, down, wanted, vee -> !state.bound(vee))).as("with VEEs that change places").isTrue();
            proved[0] += counted ? 1 : 0;
            proved[1] += found ? 1 : 0;
            proved[2] += prepared && !found ? 1 : 0;
            if (counted || found) {
                assertThat(fitWithout(state, down, wanted) || fitMoving(state, down, wanted, vee -> !state.bound(vee))).isTrue();
            } else if (prepared) {
                assertThat(fitMoving(state, down, wanted, vee -> mightComeBack(state, vee))).isTrue();
            }
        });
        int tries = Seeded.some(1_200);
        assertThat(proved[0]).as("that nothing is ever proved proves nothing").isGreaterThan(tries / 20);
        assertThat(proved[3]).as("places that are changed tell more than first fit").isGreaterThan(tries / 240);
        assertThat(proved[2]).as("what was found for other hosts tells more than first fit").isGreaterThan(tries / 240);
        assertThat(proved[1]).as("first fit loses nothing by rounding").isGreaterThan(2 * proved[0]);
    }

    private static boolean mightComeBack(State state, int vee) {
        int host = state.hostOf(vee);
        state.remove(vee);
        boolean might = state.allows(vee, host);
        state.place(vee, host);
        return might;
    }

    /** Others may move too; those of hosts that are down have no place any more. */
    private static boolean fitMoving(State state, int[] down, int[] wanted, IntPredicate movable) {
        var move = new ArrayList<Integer>();
        IntStream.range(0, state.vees()).filter(vee -> state.hostOf(vee) != State.NOWHERE && movable.test(vee)).forEach(vee -> {
            move.add(vee);
            state.remove(vee);
        });
        IntStream.range(0, state.vees()).filter(vee -> state.hostOf(vee) == State.NOWHERE && !move.contains(vee) && Arrays.stream(wanted).noneMatch(it -> it == vee)).forEach(move::add);
        Arrays.stream(wanted).forEach(move::add);
        return fit(state, move, 0, Arrays.stream(down).boxed().toList());
    }

    /** Every set of hosts that may be down, weighed by its chance: the estimate errs towards refusing by no more than moving others would find. */
    @Test
    void whatIsEstimatedAgreesWithEveryCaseLookedAtByForceOnTinySites() {
        Seeded.forAll(12, seed -> {
            var snapshot = owned(tiny(seed));
            double chance = 0.15;
            // what is promised most is looked at by cases of one host and by draws of more
            var share = new Admission(snapshot, List.of(AdmissionTest.service("all", 0, 0, Load.PEAK, 0.5)), Failures.of(chance))
                    .judge(AdmissionTest.service("none", 0, 0, Load.PEAK, seed % 2 == 0 ? 0.5 : 0.9995), Policy.STRIPING, Budget.ofIterations(seed, 2_000)).others().get("all");
            double staying = 0;
            double moving = 0;
            for (int set = 0; set < 1 << 4; set++) {
                int hosts = set;
                var down = IntStream.range(0, 4).filter(host -> (hosts >> host & 1) == 1).toArray();
                double weight = Math.pow(chance, down.length) * Math.pow(1 - chance, 4 - down.length);
                var state = new State(snapshot);
                boolean stays = fitWithout(state, down, new int[0]);
                staying += stays ? weight : 0;
                moving += stays || fitMoving(state, down, new int[0], vee -> !state.bound(vee)) ? weight : 0;
            }
            assertThat(share.rate() + 2 * (share.high() - share.rate())).as("of %s", share).isGreaterThanOrEqualTo(staying);
            assertThat(share.rate() - 2 * (share.rate() - share.low())).as("of %s", share).isLessThanOrEqualTo(moving);
        });
    }

    private static Snapshot owned(Snapshot snapshot) {
        return snapshot.with(snapshot.vees().stream().map(view -> new VeeView(vee(view.demand().id(), view.demand().amounts().at(0) / 1000.0, view.demand().amounts().at(1) / (double) Worlds.GIB, "all"), view.host()))
                .toList(), List.of());
    }

    private static boolean fitWithout(State state, int[] down, int[] wanted) {
        var gone = Arrays.stream(down).boxed().toList();
        var move = new ArrayList<Integer>();
        for (int vee = 0; vee < state.vees(); vee++) {
            if (gone.contains(state.hostOf(vee))) {
                move.add(vee);
                state.remove(vee);
            }
        }
        Arrays.stream(wanted).forEach(move::add);
        return fit(state, move, 0, gone);
    }

    /** Two resources, no rules: whether those of the host fit beside the others as they stand. */
    private static Snapshot tiny(long seed) {
        var random = Seeded.random(seed);
        var hosts = IntStream.rangeClosed(1, 4).mapToObj(id -> host(id, 4, 4)).toList();
        var placer = Placer.open(Snapshot.of(hosts));
        var vees = new ArrayList<VeeView>();
        for (int i = 1; i <= 9; i++) {
            if (placer.place(vee(i, 1 + random.nextInt(2), 1 + random.nextInt(2)), Policy.STRIPING) instanceof Decision.Placed placed) {
                vees.add(new VeeView(placed.demand(), placed.host()));
            }
        }
        return Snapshot.of(hosts).with(vees, List.of());
    }

    private static boolean fitsByForce(Snapshot snapshot, HostView gone) {
        var state = without(snapshot, gone);
        return fit(state, displaced(snapshot, gone, state), 0);
    }

    private static boolean fitsWithAllMovedByForce(Snapshot snapshot, HostView gone) {
        var state = without(snapshot.with(List.of(), List.of()), gone);
        return fit(state, snapshot.vees().stream().map(vee -> state.add(vee.demand())).toList(), 0);
    }

    private static State without(Snapshot snapshot, HostView gone) {
        var rest = snapshot.hosts().stream().filter(host -> host != gone).toList();
        return new State(Snapshot.of(rest).with(snapshot.vees().stream().filter(vee -> vee.host() != gone.id()).toList(), List.of()));
    }

    private static List<Integer> displaced(Snapshot snapshot, HostView gone, State state) {
        return snapshot.vees().stream().filter(vee -> vee.host() == gone.id()).map(vee -> state.add(vee.demand())).toList();
    }

    private static boolean fit(State state, List<Integer> move, int next) {
        return fit(state, move, next, List.of());
    }

    private static boolean fit(State state, List<Integer> move, int next, List<Integer> gone) {
        if (next == move.size()) {
            return true;
        }
        for (int host = 0; host < state.hosts(); host++) {
            if (!gone.contains(host) && state.allows(move.get(next), host)) {
                state.place(move.get(next), host);
                boolean found = fit(state, move, next + 1, gone);
                state.remove(move.get(next));
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void whatIsKeptUpToDateIsWhatIsCountedAnew() {
        Seeded.forAll(60, seed -> {
            var random = Seeded.random(seed);
            var snapshot = Worlds.random(random, 8);
            var placed = new HashMap<Long, VeeView>();
            var failover = new Failover(snapshot);
            for (int step = 0; step < 40; step++) {
                change(snapshot, placed, failover, Worlds.demands(random, 1, 100 + step).getFirst(), random.nextInt(4) == 0);
                var report = failover.report();
                if (step % 8 == 0) {
                    requireSound(snapshot, placed, report);
                }
            }
        });
    }

    private static void change(Snapshot snapshot, Map<Long, VeeView> placed, Failover failover, Demand demand, boolean leave) {
        if (leave && !placed.isEmpty()) {
            long gone = placed.keySet().iterator().next();
            placed.remove(gone);
            failover.forget(gone);
            return;
        }
        var now = snapshot.with(List.copyOf(placed.values()), snapshot.constraints());
        if (Placer.open(now).place(demand, Policy.STRIPING) instanceof Decision.Placed there) {
            var view = new VeeView(demand, there.host());
            placed.put(demand.id(), view);
            failover.note(view);
        }
    }

    /** Who survives by the kept report survives by one that is made anew, but for what a search may miss; and every case is there. */
    private static void requireSound(Snapshot snapshot, Map<Long, VeeView> placed, Failover.Report kept) {
        var anew = new Failover(snapshot.with(List.copyOf(placed.values()), snapshot.constraints())).report();
        assertThat(kept.survived().of()).isEqualTo(anew.survived().of());
        assertThat(kept.survived().held()).isBetween(anew.survived().held() - 1, anew.survived().held() + 1);
        var known = placed.keySet();
        kept.losses().forEach(loss -> assertThat(known).containsAll(loss.stranded()));
    }
}
