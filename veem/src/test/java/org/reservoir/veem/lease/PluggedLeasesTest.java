package org.reservoir.veem.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.lease.AdmissionPolicy;
import org.reservoir.placement.lease.HostPolicy;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseEvent;
import org.reservoir.placement.lease.LeasePolicies;
import org.reservoir.placement.lease.LeaseRequest;
import org.reservoir.placement.lease.LeaseSite;
import org.reservoir.placement.lease.LeaseState;
import org.reservoir.placement.lease.PreemptionPolicy;
import org.reservoir.placement.lease.Pricing;
import org.reservoir.placement.lease.PricingPolicy;
import org.reservoir.plugins.Budget;
import org.reservoir.plugins.Jars;
import org.reservoir.plugins.Plugin;
import org.reservoir.plugins.Plugins;
import org.reservoir.veem.PluggedJars;
import org.reservoir.veem.kept.LeaseRules;

/** Policies of leases in jars: followed while in force, fenced off when they fail or lie, and then leases go on by the usual ones. */
@Tag("long")
class PluggedLeasesTest {
    @TempDir
    private static Path workshop;
    @TempDir
    private Path folder;
    private static Jars jars;
    private Plugins plugins;
    private PluggedJars plugged;

    @BeforeAll
    static void makeAKey() throws Exception {
        jars = new Jars(workshop);
    }

    @BeforeEach
    void open() {
        plugins = Plugins.watching(folder, jars::trust, new Budget(20_000_000, DataSize.mebibytes(64), Duration.ofSeconds(20)), PluggedJars.KINDS, InstantSource.system(), _ -> { });
        plugged = new PluggedJars(plugins);
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    private void put(String name, Class<?> kind, String methods) throws Exception {
        plugins.put(name, jars.signed(kind, "other.Mine", """
                package other;
                import org.reservoir.placement.lease.*;
                import java.util.*;
                public class Mine implements %s { %s }""".formatted(kind.getSimpleName(), methods)));
    }

    private static LeaseRequest reservation(long id, long from, int nodes, Map<String, String> extras) {
        return request(id, new LeaseRequest.Start.At(from), nodes, extras);
    }

    private static LeaseRequest request(long id, LeaseRequest.Start start, int nodes, Map<String, String> extras) {
        var one = SITE.cpuAndMemory(100, 1024);
        return new LeaseRequest(id, 0, start, 3600, OptionalLong.empty(), start instanceof LeaseRequest.Start.Whenever, java.util.Collections.nCopies(nodes, one), OptionalLong.empty(), "u", extras);
    }

    private static final LeaseSite SITE = LeaseSite.uniform(2, 100, 1024);

    /** Asks for the leases one after the other at time 0. @return the states in which they then are, and the book */
    private static LeaseBook after(LeasePolicies policies, LeaseRequest... requests) {
        var book = LeaseBook.empty(SITE, LeaseRules.USUAL.settings(), policies, 0);
        for (var request : requests) {
            book = book.step(new LeaseEvent.Requested(List.of(request)), 0).book();
        }
        return book;
    }

    private static String why(LeasePolicies policies, LeaseRequest request) {
        var next = LeaseBook.empty(SITE, LeaseRules.USUAL.settings(), policies, 0).step(new LeaseEvent.Requested(List.of(request)), 0);
        return next.ended().stream().map(ended -> ended.result().state() + ": " + ended.result().reason()).findFirst().orElse("");
    }

    private LeasePolicies admitting(String name) {
        return new LeasePolicies(plugged.leasePolicy(AdmissionPolicy.class, name).orElseThrow(), PreemptionPolicy.RESERVATIONS_FIRST, HostPolicy.QUIET_FIRST, new Pricing.Free());
    }

    private LeasePolicies pricing(String name) {
        return LeasePolicies.USUAL.with(plugged.leasePolicy(PricingPolicy.class, name).orElseThrow());
    }

    private Plugin plugin(String name) {
        return plugins.list().stream().filter(plugin -> plugin.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void anAdmissionPolicyOfAJarLetsInAndKeepsOut() throws Exception {
        put("small", AdmissionPolicy.class, """
                public Optional<String> objection(LeaseView lease) {
                    int nodes = lease.request().nodes().size();
                    return nodes > 1 ? Optional.of(nodes + " nodes are too many") : Optional.empty();
                }""");
        assertThat(plugged.leasePolicies(AdmissionPolicy.class)).containsExactly("small");
        assertThat(plugged.leasePolicies(PricingPolicy.class)).isEmpty();
        assertThat(why(admitting("small"), reservation(1, 60, 2, Map.of()))).isEqualTo("REJECTED: 2 nodes are too many");
        assertThat(why(admitting("small"), reservation(1, 60, 1, Map.of()))).isEmpty();
        plugins.withdraw("small");
        assertThat(plugged.leasePolicy(AdmissionPolicy.class, "small")).isEmpty();
    }

    @Test
    void aPreemptionPolicyOfAJarSaysWhoMakesRoom() throws Exception {
        put("highest", PreemptionPolicy.class, """
                public double score(LeaseView preemptor, LeaseView victim, long time) {
                    return victim.kind() == LeaseKind.BEST_EFFORT && victim.id() == 2 && victim.remainingAt(time) > 0 ? 1 : NEVER;
                }""");
        var policies = LeasePolicies.USUAL.with(plugged.leasePolicy(PreemptionPolicy.class, "highest").orElseThrow());
        var whenever = new LeaseRequest.Start.Whenever();
        var book = after(policies, request(1, whenever, 1, Map.of()), request(2, whenever, 1, Map.of()), reservation(3, 600, 1, Map.of()));
        assertThat(book.lease(1).orElseThrow().runs()).singleElement().satisfies(run -> assertThat(run.run().slot().until()).isEqualTo(3600));
        assertThat(book.lease(2).orElseThrow().runs().getFirst().run().slot().until()).as("only this one may be taken").isLessThanOrEqualTo(600);
        assertThat(book.lease(3).orElseThrow().state()).isEqualTo(LeaseState.READY);
    }

    @Test
    void aHostPolicyOfAJarSaysWhichHostsComeFirstAndOneThatLiesIsFencedOff() throws Exception {
        put("last", HostPolicy.class, "public double score(Moment host, LeaseView lease) { return lease.id() == 9 ? Double.NaN : host.free().fitsIn(host.free()) ? host.id() : -1; }");
        var policies = new LeasePolicies(AdmissionPolicy.ALL, PreemptionPolicy.NONE, plugged.leasePolicy(HostPolicy.class, "last").orElseThrow(), new Pricing.Free());
        var book = after(policies, reservation(1, 60, 1, Map.of()));
        assertThat(hostOf(book, 1)).isNotEqualTo(hostOf(after(LeasePolicies.USUAL, reservation(1, 60, 1, Map.of())), 1));
        assertThat(hostOf(after(policies, reservation(9, 60, 1, Map.of())), 9)).as("by the usual policy").isEqualTo(hostOf(after(LeasePolicies.USUAL, reservation(9, 60, 1, Map.of())), 9));
        assertThat(plugin("last").why()).contains("a score of a host that is no finite number");
        assertThat(plugged.leasePolicies(HostPolicy.class)).isEmpty();
    }

    private static long hostOf(LeaseBook book, long lease) {
        return book.lease(lease).orElseThrow().runs().getFirst().run().slot().hosts().getFirst();
    }

    @Test
    void aPricingPolicyOfAJarIsPaidOrRefused() throws Exception {
        put("night", PricingPolicy.class, """
                public double rate(LeaseView lease) { return lease.request().start() instanceof LeaseRequest.Start.At at && at.time() < 3600 ? 4 : 1; }
                public double price(LeaseView lease, List<LeaseView> preempted) { return PricingPolicy.nodeHours(lease.request()) * rate(lease) + preempted.size(); }
                """);
        var two = Map.of(LeaseRequest.USER_RATE, "2");
        assertThat(why(pricing("night"), reservation(1, 60, 2, two))).isEqualTo("REJECTED_BY_USER: its user would not pay 8.0");
        assertThat(after(pricing("night"), reservation(1, 7200, 2, two)).lease(1).orElseThrow().price()).isEqualTo(2);
    }

    @Test
    void oneThatLiesIsFencedOffAndLeasesGoOnByTheUsualPolicy() throws Exception {
        put("dearest", PricingPolicy.class, """
                public double rate(LeaseView lease) { return 1; }
                public double price(LeaseView lease, List<LeaseView> preempted) { return lease.id() == 7 ? Double.NaN : 1; }
                """);
        assertThat(after(pricing("dearest"), reservation(7, 60, 1, Map.of(LeaseRequest.USER_RATE, "0"))).lease(7).orElseThrow().price()).isZero();
        assertThat(plugin("dearest").state()).isEqualTo(Plugin.State.FENCED);
        assertThat(plugin("dearest").why()).contains("dearest").contains("a price that is no number");
        assertThat(plugged.leasePolicies(PricingPolicy.class)).isEmpty();

        put("scores", PreemptionPolicy.class, "public double score(LeaseView preemptor, LeaseView victim, long time) { return victim.id() == 2 ? -3 : 1; }");
        var policies = LeasePolicies.USUAL.with(plugged.leasePolicy(PreemptionPolicy.class, "scores").orElseThrow());
        var book = after(policies, request(2, new LeaseRequest.Start.Whenever(), 2, Map.of()), reservation(3, 600, 2, Map.of()));
        assertThat(book.lease(3).orElseThrow().state()).isEqualTo(LeaseState.READY);
        assertThat(plugin("scores").why()).contains("a score that is neither");
    }

    @Test
    void oneThatLoopsOrThrowsIsFencedOffAfterOneCall() throws Exception {
        put("looping", AdmissionPolicy.class, "public Optional<String> objection(LeaseView lease) { while (lease.id() > 1) { } return Optional.empty(); }");
        put("throwing", AdmissionPolicy.class, "public Optional<String> objection(LeaseView lease) { if (lease.id() > 1) throw new IllegalStateException(); return Optional.empty(); }");
        for (var name : List.of("looping", "throwing")) {
            var policies = admitting(name);
            var book = after(policies, reservation(2, 60, 1, Map.of()), reservation(3, 60, 1, Map.of()));
            assertThat(book.leases()).hasSize(2);
            assertThat(plugin(name).state()).isEqualTo(Plugin.State.FENCED);
            assertThat(plugin(name).why()).contains(name);
        }
    }

    @Test
    void oneThatFailsItsTrialOrReachesForTheReadersIsNotTaken() {
        assertThatThrownBy(() -> put("none", AdmissionPolicy.class, "public Optional<String> objection(LeaseView lease) { return null; }"))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code() + refused.getMessage()).contains("PLUGIN_FAILS_ITS_TRIAL").contains("no answer"));
        assertThatThrownBy(() -> put("reader", AdmissionPolicy.class, "public Optional<String> objection(LeaseView lease) { HaizeaConf.class.getName(); return Optional.empty(); }"))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code() + refused.getMessage()).contains("PLUGIN_REACHES_TOO_FAR").contains("HaizeaConf"));
    }
}
