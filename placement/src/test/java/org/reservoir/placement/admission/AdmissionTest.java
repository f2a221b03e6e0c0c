package org.reservoir.placement.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.HostWords;
import org.reservoir.placement.Level;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.search.Budget;

class AdmissionTest {
    private static final Budget TRIALS = Budget.ofIterations(7, 400);

    private static Snapshot hosts(int count, double cpus) {
        return Snapshot.of(IntStream.rangeClosed(1, count).mapToObj(id -> host(id, cpus, 16)).toList());
    }

    static Service service(String name, int least, int most, Load load, double promised) {
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
    void tiersThatShareAHostBeginWhereThereIsRoomForAllOfThem() {
        // packing, the first alone would go where three are already, and the second would have no room beside it
        var vees = IntStream.rangeClosed(1, 3).mapToObj(i -> new VeeView(vee(i, 1, 1), 1)).toList();
        var shared = hosts(2, 4).with(vees, List.of(new Constraint.Gather("a, one host", Level.HOST)));
        var tiers = List.of("web", "db").stream().map(name -> new Service.Tier(name, vee(0, 1, 1, "a, one host"), 1, 1, Load.PEAK)).toList();
        var verdict = new Admission(shared, List.of(), Failures.of(0)).judge(new Service("a", tiers, 0.98), Policy.PACKING, TRIALS);
        assertThat(verdict.admitted()).as(verdict.why().toString()).isTrue();
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

    /** On every second host CPUs are left and no memory, on the others memory and no CPUs: as they are, not one replica has room. */
    @Test
    void roomThatIsOfNoUseIsMadeUsableByVeesThatChangePlaces() {
        var vees = new ArrayList<VeeView>();
        for (int host = 1; host <= 40; host++) {
            for (int i = 0; i < (host % 2 == 0 ? 2 : 4); i++) {
                vees.add(new VeeView(vee(10 * host + i, 1, host % 2 == 0 ? 8 : 1), host));
            }
        }
        var placed = hosts(40, 4).with(vees, List.of());
        var taken = judge(placed, List.of(), 0.01, service("a", 0, 20, Load.PEAK, 0.95));
        assertThat(taken.admitted()).isTrue();
        assertThat(taken.why()).anySatisfy(line -> assertThat(line).containsPattern("counts on [0-9]+ VEEs changing hosts"));
        assertThat(judge(placed, List.of(), 0.01, service("a", 0, 40, Load.PEAK, 0.95)).admitted()).as("forty CPUs are left, and none when a host is down").isFalse();
        var bound = placed.with(vees.stream().map(it -> new VeeView(it.demand().requiring(Expression.condition("free_cpu >= 0", HostWords.STANDARD)), it.host())).toList(), List.of());
        assertThat(Swaps.of(new Needs(new State(bound), bound, new int[0]), new int[0]).vees()).as("who asks for more than room stays").isEmpty();
    }

    @Test
    void howTheOthersFareWithoutItIsAskedInTheSameTimeAndWhereThatIsUpItIsNotTakenIn() {
        // twelve places; with a host down eight, of which the new one, promised more, has its own, and the two others want eight
        var there = List.of(service("one", 0, 4, Load.PEAK, 0.9), service("two", 0, 4, Load.PEAK, 0.9));
        var admission = new Admission(hosts(3, 4), there, Failures.of(0.2));
        var asked = service("new", 1, 1, Load.PEAK, 0.95);
        var trials = Budget.ofIterations(7, 2_000);
        var unhurried = admission.judge(asked, Policy.STRIPING, trials);
        assertThat(unhurried.why()).anyMatch(why -> why.contains("two, which is promised 90.000 %"));
        int all = unhurried.honoured().trials();
        var clock = new AtomicLong();
        var hurried = admission.judge(asked, Policy.STRIPING, trials.guarded(clock::incrementAndGet, 3L * all));
        assertThat(hurried.admitted()).isFalse();
        assertThat(clock.get()).as("asked each time before something is looked at").isLessThan(3L * all + 50);
        assertThat(hurried.why()).anyMatch(why -> why.contains("without the new service it is not known in time"));
    }

    /** The clock goes on by one whenever it is asked: before each trial, and before each VEE that is searched for. */
    @Test
    void whatIsPlainlyTooMuchIsRefusedWithNumbersAndWithoutASearch() {
        var asked = new AtomicLong();
        var there = service("there", 0, 100, Load.PEAK, 0.999);
        var verdict = new Admission(hosts(200, 4), List.of(there), Failures.of(0.01)).judge(service("a", 0, 790, Load.PEAK, 0.9), Policy.STRIPING,
                Budget.ofIterations(1, 16_000).guarded(asked::incrementAndGet, 1_000));
        assertThat(verdict.admitted()).isFalse();
        assertThat(verdict.truncated()).isFalse();
        assertThat(verdict.honoured().trials()).isGreaterThanOrEqualTo(50);
        assertThat(verdict.others().get("there").rate()).as("which comes first").isOne();
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
