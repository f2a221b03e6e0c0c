package org.reservoir.placement.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.HostView;
import org.reservoir.placement.HostWords;
import org.reservoir.placement.Level;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.Worlds;
import org.reservoir.placement.search.Budget;

class AdmissionTest {
    private static final Budget TRIALS = Budget.ofIterations(7, 400);

    private static Snapshot hosts(int count, double cpus) {
        return Snapshot.of(IntStream.rangeClosed(1, count).mapToObj(id -> host(id, cpus, 16)).toList());
    }

    private static Service service(String name, int least, int most, Load load, double promised) {
        return new Service(name, List.of(new Service.Tier("web", vee(0, 1, 1), least, most, load)), promised);
    }

    private static Verdict judge(Snapshot snapshot, List<Service> there, double down, Service service) {
        return new Admission(snapshot, there, Failures.of(down)).judge(service, Policy.STRIPING, TRIALS);
    }

    @Test
    void aServiceWithRoomForItsPeakIsAdmittedAndOneWithoutIsNot() {
        assertThat(judge(hosts(4, 4), List.of(), 0, service("a", 2, 16, Load.PEAK, 0.98)).admitted()).isTrue();
        var refused = judge(hosts(4, 4), List.of(), 0, service("a", 2, 17, Load.PEAK, 0.98));
        assertThat(refused.admitted()).isFalse();
        assertThat(refused.honoured().rate()).isZero();
        assertThat(refused.why().getFirst()).contains("a is refused").contains("98.000 % is promised");
    }

    @Test
    void whatIsWantedSeldomMayBePromisedSeldom() {
        var seldom = new Load(9, 1);
        var once = judge(hosts(4, 4), List.of(), 0, service("a", 2, 17, seldom, 0.8));
        assertThat(once.admitted()).isTrue();
        assertThat(once.honoured().rate()).isBetween(0.84, 0.95);
        assertThat(judge(hosts(4, 4), List.of(), 0, service("a", 2, 17, seldom, 0.97)).admitted()).isFalse();
    }

    @Test
    void hostsThatFailAreCountedIn() {
        // four hosts of four: three carry twelve
        assertThat(judge(hosts(4, 4), List.of(), 0.05, service("a", 12, 12, Load.PEAK, 0.9)).admitted()).isTrue();
        var full = judge(hosts(4, 4), List.of(), 0.05, service("a", 16, 16, Load.PEAK, 0.9));
        assertThat(full.admitted()).isFalse();
        assertThat(full.honoured().rate()).isBetween(0.70, 0.90); // all four are up in 81 of 100
        assertThat(full.failover().survived().rate()).isZero();
    }

    @Test
    void nobodyIsTakenInAtTheCostOfOthers() {
        var old = service("old", 4, 12, Load.PEAK, 0.9);
        var running = new ArrayList<VeeView>();
        for (int i = 1; i <= 4; i++) {
            running.add(new VeeView(vee(i, 1, 1, "old"), i));
        }
        var snapshot = hosts(4, 4).with(running, List.of());
        assertThat(judge(snapshot, List.of(old), 0, service("new", 4, 4, Load.PEAK, 0.5)).admitted()).isTrue();
        var verdict = judge(snapshot, List.of(old), 0, service("new", 5, 5, Load.PEAK, 0.5));
        assertThat(verdict.admitted()).isFalse();
        assertThat(verdict.honoured().rate()).isOne();
        assertThat(verdict.alone().get("old").rate()).isOne();
        assertThat(verdict.others().get("old").rate()).isZero();
        assertThat(verdict.why()).anySatisfy(line -> assertThat(line).contains("old, which is promised 90.000 %"));
    }

    @Test
    void aServiceWhoseLeastHasNoRoomIsRefusedWithTheReason() {
        var verdict = judge(hosts(2, 2), List.of(), 0, service("a", 5, 9, Load.EVEN, 0.1));
        assertThat(verdict.admitted()).isFalse();
        assertThat(verdict.why()).anySatisfy(line -> assertThat(line).contains("cpu"));
    }

    @Test
    void theSameSeedGivesTheSameVerdict() {
        var service = service("a", 3, 15, Load.EVEN, 0.5);
        assertThat(judge(hosts(4, 4), List.of(), 0.1, service)).isEqualTo(judge(hosts(4, 4), List.of(), 0.1, service));
    }

    @Test
    void antiAffinityHoldsWhenHostsAreGone() {
        var apart = List.<Constraint>of(new Constraint.Spread("db", Level.HOST));
        var snapshot = hosts(3, 8).with(List.of(new VeeView(vee(1, 1, 1, "db"), 1), new VeeView(vee(2, 1, 1, "db"), 2)), apart);
        assertThat(new Failover(snapshot).losing(Set.of(1L)).stranded()).isEmpty();
        assertThat(new Failover(snapshot).losing(Set.of(1L, 3L)).stranded()).containsExactly(1L);
        assertThat(new Failover(snapshot).report().survived()).isEqualTo(new Share(2, 2, true));
    }

    @Test
    void whoMustShareAHostGoesTogetherOrNotAtAll() {
        var together = List.<Constraint>of(new Constraint.Gather("g", Level.HOST));
        var vees = List.of(new VeeView(vee(1, 2, 1, "g"), 1), new VeeView(vee(2, 2, 1, "g"), 1), new VeeView(vee(3, 2, 1), 2), new VeeView(vee(4, 1, 1), 3));
        assertThat(new Failover(hosts(3, 4).with(vees, together)).losing(Set.of(1L)).stranded()).containsExactly(1L, 2L);
        assertThat(new Failover(hosts(3, 5).with(vees, together)).losing(Set.of(1L)).stranded()).isEmpty();
    }

    @Test
    void oneThatNoOtherHostMayTakeSaysNothingOfThoseThatAskForAsMuch() {
        var bound = vee(1, 1, 1).requiring(Expression.condition("hostname = \"node-1\"", HostWords.STANDARD));
        var snapshot = hosts(2, 4).with(List.of(new VeeView(bound, 1), new VeeView(vee(2, 1, 1), 1)), List.of());
        assertThat(new Failover(snapshot).losing(Set.of(1L)).stranded()).containsExactly(1L);
    }

    @Test
    void anAnswerHasNumbersAlsoWhenTimeIsUpAtOnce() {
        // as much as there is, but no host is left for a third of three
        var verdict = new Admission(hosts(4, 5), List.of(), Failures.of(0)).judge(
                new Service("a", List.of(new Service.Tier("web", vee(0, 3, 1), 0, 5, Load.PEAK)), 0.9), Policy.STRIPING, TRIALS.guarded(() -> 1, 0));
        assertThat(verdict.admitted()).isFalse();
        assertThat(verdict.honoured().trials()).isPositive();
        assertThat(verdict.honoured().rate()).isZero();
        assertThat(verdict.honoured().high()).as("which decides").isLessThan(0.9);
    }

    /** 195 of 200 hosts of four carry it: six or more are down in 1.6 of a hundred moments, too seldom to be met in a few and too often for what is promised. */
    @Test
    void whatFailsWhenUnusuallyManyHostsAreDownIsRefusedAfterFewTrials() {
        var refused = new Admission(hosts(200, 4), List.of(), Failures.of(0.01)).judge(service("a", 0, 780, Load.PEAK, 0.999), Policy.STRIPING, Budget.ofIterations(1, 16_000));
        assertThat(refused.admitted()).isFalse();
        assertThat(refused.honoured().trials()).isLessThan(100);
        assertThat(refused.honoured().high()).isLessThan(0.999).isGreaterThan(0.984);
        assertThat(refused.honoured().low()).isLessThan(0.984);
        assertThat(refused.truncated()).isFalse();
        var taken = new Admission(hosts(200, 4), List.of(), Failures.of(0.01)).judge(service("a", 0, 752, Load.PEAK, 0.999), Policy.STRIPING, Budget.ofIterations(1, 16_000));
        assertThat(taken.admitted()).as("twelve hosts are never down at once").isTrue();
    }

    /** Ten hosts: no more than one is down in 99.6 of a hundred moments, and these are looked at one by one. */
    @Test
    void whereFewHostsAreDownAtOnceAllThoseCasesAreLookedAtAndFewAreDrawn() {
        var taken = judge(hosts(10, 4), List.of(), 0.01, service("a", 4, 36, Load.PEAK, 0.99));
        assertThat(taken.admitted()).isTrue();
        assertThat(taken.honoured().trials()).isLessThan(60);
        assertThat(taken.honoured().low()).isGreaterThan(0.995);
        assertThat(judge(hosts(10, 4), List.of(), 0.01, service("a", 4, 37, Load.PEAK, 0.99)).admitted()).as("nine hosts carry 36").isFalse();
    }

    @Test
    void momentsWhenManyHostsAreDownAreDrawnAsOftenAsTheyAre() {
        var state = new State(hosts(12, 1));
        var failures = new Failures(0.1, Map.of(1L, 0.5), 0);
        var many = new ManyDown(state, failures, 3);
        double chance = 0;
        var each = new double[12];
        for (int set = 0; set < 1 << 12; set++) {
            int hosts = set;
            double weight = IntStream.range(0, 12).mapToDouble(host -> (hosts >> host & 1) == 1 ? failures.chance(host + 1) : 1 - failures.chance(host + 1)).reduce(1, (a, b) -> a * b);
            if (Integer.bitCount(set) >= 3) {
                chance += weight;
                IntStream.range(0, 12).filter(host -> (hosts >> host & 1) == 1).forEach(host -> each[host] += weight);
            }
        }
        assertThat(many.chance()).isCloseTo(chance, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(ManyDown.thatOften(state, failures, 0.99 * chance).count()).isEqualTo(3);
        var times = new int[12];
        IntStream.range(0, 20_000).forEach(seed -> {
            var down = many.drawn(new java.util.SplittableRandom(seed));
            assertThat(down.length).isGreaterThanOrEqualTo(3);
            Arrays.stream(down).forEach(host -> times[host]++);
        });
        for (int host = 0; host < 12; host++) {
            assertThat(times[host] / 20_000.0).isBetween(each[host] / chance - 0.02, each[host] / chance + 0.02);
        }
    }

    @Test
    void oneVeeMayMakeWayForAnother() {
        // node 2 has 3 of 4 free beside the small one, node 3 is too small for the big one but not for the small one
        var vees = List.of(new VeeView(vee(1, 4, 1), 1), new VeeView(vee(2, 1, 1), 2));
        var snapshot = Snapshot.of(List.of(host(1, 4, 16), host(2, 4, 16), host(3, 1, 16))).with(vees, List.of());
        assertThat(new Failover(snapshot).losing(Set.of(1L)).stranded()).isEmpty();
    }

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
        var proved = new int[3];
        Seeded.forAll(1200, seed -> {
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
            var wanted = IntStream.range(0, more).map(i -> state.add(new org.reservoir.placement.Demand(100 + i, like.amounts(), like.requirements(), like.rank(), like.groups()))).toArray();
            var down = IntStream.range(0, 5).filter(_ -> random.nextInt(4) == 0).toArray();
            var counted = Slots.of(state, snapshot, wanted).suffice(down, new int[] {0}, new int[] {more});
            var found = new FirstFit(state, snapshot, wanted, random.nextInt(FirstFit.ways(state))).houses(down, wanted);
            var others = new boolean[5];
            IntStream.range(0, 5).forEach(host -> others[host] = random.nextInt(4) == 0);
            var elsewhere = new Rehousing(state, snapshot).of(others, wanted, Failover.random(seed));
            boolean prepared = elsewhere.whole() && Prepared.of(state, snapshot, elsewhere, 1, wanted).filter(it -> it.houses(down, wanted)).isPresent();
            proved[0] += counted ? 1 : 0;
            proved[1] += found ? 1 : 0;
            proved[2] += prepared && !found ? 1 : 0;
            if (counted || found) {
                assertThat(fitWithout(state, down, wanted) || fitMoving(state, down, wanted, vee -> !state.bound(vee))).isTrue();
            } else if (prepared) {
                assertThat(fitMoving(state, down, wanted, vee -> mightComeBack(state, vee))).isTrue();
            }
        });
        assertThat(proved[0]).as("that nothing is ever proved proves nothing").isGreaterThan(60);
        assertThat(proved[2]).as("what was found for other hosts tells more than first fit").isGreaterThan(5);
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
    private static boolean fitMoving(State state, int[] down, int[] wanted, java.util.function.IntPredicate movable) {
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
            var share = new Admission(snapshot, List.of(service("all", 0, 0, Load.PEAK, 0.5)), Failures.of(chance))
                    .judge(service("none", 0, 0, Load.PEAK, seed % 2 == 0 ? 0.5 : 0.9995), Policy.STRIPING, Budget.ofIterations(seed, 2_000)).others().get("all");
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

    @Test
    @Tag("long")
    void aPromiseOfThreeNinesIsDecidedOnAThousandHosts() {
        var random = Seeded.random(5);
        var placer = Placer.open(hosts(1000, 16));
        var vees = new ArrayList<VeeView>();
        for (int i = 1; i <= 5_000; i++) {
            if (placer.place(vee(i, 1 + random.nextInt(3), 1 + random.nextInt(3)), Policy.STRIPING) instanceof Decision.Placed placed) {
                vees.add(new VeeView(placed.demand(), placed.host()));
            }
        }
        var snapshot = hosts(1000, 16).with(vees, List.of());
        var trials = Budget.ofIterations(1, 16_000);
        var taken = new Admission(snapshot, List.of(), Failures.of(0.01)).judge(service("a", 20, 100, Load.PEAK, 0.999), Policy.STRIPING, trials);
        assertThat(taken.admitted()).isTrue();
        assertThat(taken.honoured().low()).isGreaterThan(0.999);
        assertThat(taken.honoured().trials()).as("no more than it takes when all end well").isLessThan(7_000);
        assertThat(taken.truncated()).isFalse();
        // 6 000 CPUs or so are free, and 160 or so are down; time is up at once, and a few trials tell
        var full = new Admission(snapshot, List.of(), Failures.of(0.01)).judge(service("b", 20, 5_990, Load.PEAK, 0.999), Policy.STRIPING, trials.guarded(() -> 1, 0));
        assertThat(full.admitted()).isFalse();
        assertThat(full.honoured().high()).isLessThan(0.999);
        assertThat(full.honoured().trials()).isLessThan(30);
        assertThat(full.failover().survived().of()).isEqualTo(20);
    }

    @Test
    void hostsAreDownAsOftenAsTheirChanceWhicheverWayTheyAreDrawn() {
        var state = new State(hosts(50, 1));
        for (var failures : List.of(Failures.of(0.1), new Failures(0.1, Map.of(1L, 0.1), 0))) {
            var times = new int[50];
            IntStream.range(0, 20_000).forEach(seed -> Arrays.stream(failures.drawn(state, new java.util.SplittableRandom(seed))).forEach(host -> times[host]++));
            assertThat(Arrays.stream(times).allMatch(count -> count > 1_780 && count < 2_220)).as("2 000 each: %s", Arrays.toString(times)).isTrue();
        }
        assertThat(Failures.of(0).drawn(state, new java.util.SplittableRandom(1))).isEmpty();
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

    private static void change(Snapshot snapshot, Map<Long, VeeView> placed, Failover failover, org.reservoir.placement.Demand demand, boolean leave) {
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

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new Load()).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new Load(1, Double.NaN)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> Failures.of(1)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new Service("a", List.of(), 1)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new Service.Tier("t", vee(0, 1, 1), 3, 2, Load.PEAK)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new Failover(hosts(2, 1)).losing(Set.of(9L))).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new Failover(hosts(2, 1)).losingAny(3, 10, 1)).isInstanceOf(Refused.class);
    }

    @Test
    void anIntervalHoldsTheTrueShareAboutAsOftenAsItSays() {
        var random = Seeded.random(3);
        int inside = 0;
        for (int sample = 0; sample < 400; sample++) {
            int held = 0;
            for (int trial = 0; trial < 300; trial++) {
                held += random.nextDouble() < 0.97 ? 1 : 0;
            }
            var share = new Share(held, 300, false);
            inside += share.low() <= 0.97 && 0.97 <= share.high() ? 1 : 0;
        }
        assertThat(inside).isBetween(360, 400);
        assertThat(Arrays.asList(new Share(0, 0, false).low(), new Share(0, 0, false).high())).containsExactly(0.0, 1.0);
    }
}
