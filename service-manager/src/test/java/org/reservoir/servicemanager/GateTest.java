package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/** Who must be admitted, beside whom, and what is said to those who are not. */
class GateTest {
    private static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    private final World world = new World();

    static byte[] promising(String percent) {
        return Manifests.collection("", Manifests.system("web", 1, 1, 3, "<rsrvr:AvailabilitySection xmlns:rsrvr='http://schemas.telefonica.com/claudia/ovf'><rsrvr:Window unit='month'>1</rsrvr:Window><rsrvr:Percentile>"
                + percent + "</rsrvr:Percentile></rsrvr:AvailabilitySection>"));
    }

    private static ServiceRequest request(String name, byte[] manifest, boolean force) {
        return new ServiceRequest(name, manifest, Map.of(), force);
    }

    private void submit(String name, byte[] manifest) {
        world.services.submit(ANNA, request(name, manifest, false));
    }

    @Test
    void whoPromisesNothingIsNotAskedFor() {
        submit("shop", Manifests.twoTier());
        assertThat(world.site.admission.asked).isEmpty();
        assertThat(world.services.plan(ANNA, request("more", Manifests.twoTier(), false)).admission()).isEmpty();
    }

    @Test
    void aPromiseThatCanBeKeptIsMadeBesideAllThatWasPromisedBefore() {
        submit("plain", Manifests.twoTier());
        submit("first", promising("98.5"));
        submit("second", promising("99"));
        assertThat(world.site.admission.asked).hasSize(2);
        var asked = world.site.admission.asked.getLast();
        assertThat(asked.service().promised()).isEqualTo(0.99);
        assertThat(asked.service().tiers()).singleElement().satisfies(tier -> {
            assertThat(tier.name()).isEqualTo("web");
            assertThat(tier.least()).isEqualTo(1);
            assertThat(tier.most()).isEqualTo(3);
        });
        assertThat(asked.there()).singleElement().satisfies(there -> assertThat(there.promised()).isEqualTo(0.985));
        assertThat(asked.others()).singleElement().satisfies(other -> assertThat(other.tiers()).hasSize(2));
    }

    @Test
    void aPromiseThatCannotBeKeptIsRefusedWithItsNumbersAndWhatWouldHelp() {
        assertThatThrownBy(() -> submit("shop", promising("99.9"))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("NOT_ADMITTED");
            assertThat(refused.getMessage()).isEqualTo("Service shop is not admitted: it would have all that it may want 99.41 % of the time "
                    + "(of 4000 trials; between 99.12 % and 99.61 % with 95 % confidence), and 99.90 % is promised. With all hosts up, at its most: 2 hosts have too little cpu left.");
            assertThat(refused.advice()).isEqualTo("What would help: a promise of at most 99.12 %; or at most 2 of web.");
        });
        assertThat(world.services.services(ANNA, Page.Request.ALL).items()).isEmpty();
    }

    @Test
    void aPlanTellsTheVerdictAndAdministratorsMayForceIt() {
        var plan = world.services.plan(ANNA, request("shop", promising("99.9"), false));
        assertThat(plan.admission().orElseThrow().admitted()).isFalse();
        assertThatThrownBy(() -> world.services.submit(ANNA, request("shop", promising("99.9"), true)))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("ADMINISTRATORS_ONLY"));
        assertThat(world.services.submit(ADMIN, request("shop", promising("99.9"), true)).name()).isEqualTo("shop");
    }

    @Test
    void tiersThatANetworkTiesToOneHostAreAskedForAsSuchAndThoseOfServicesThatAreThereToo() {
        submit("first", Manifests.collection("", Manifests.system("a", 1, 1, 2, "") + Manifests.system("b", 1, 1, 1, "")));
        submit("second", promising("99"));
        var asked = world.site.admission.asked.getLast();
        assertThat(asked.service().tiers()).extracting(Placements.Tier::together).containsExactly(Optional.of("web"));
        assertThat(asked.others()).singleElement().satisfies(other -> assertThat(other.tiers()).extracting(Placements.Tier::together).containsOnly(Optional.of("a")));
        world.site.networks().create(ANNA, new NetworkSpec("net", "isolated", Optional.empty(), List.of(NetworkSpec.Range.of("10.1.2.0/24")), List.of(), true, true, 0, true));
        submit("third", promising("98"));
        assertThat(world.site.admission.asked.getLast().service().tiers()).as("a network that spans hosts ties nobody").extracting(Placements.Tier::together).containsOnly(Optional.empty());
    }

    @Test
    void aSiteMayAskForAllOrForNobody() {
        var all = new Gate(world.records, world.site, ServiceSettings.DEFAULT.admitting(new AdmissionRules(AdmissionRules.Who.ALL, 0.97, 0.02)));
        var manifest = org.reservoir.manifest.Ovf.read(Manifests.twoTier()).manifest();
        assertThat(all.ask(ANNA, "shop", manifest, Map.of())).isPresent();
        assertThat(world.site.admission.asked.getLast().service().promised()).isEqualTo(0.97);
        assertThat(world.site.admission.asked.getLast().service().downtime()).contains(0.02);
        var none = new Gate(world.records, world.site, ServiceSettings.DEFAULT.admitting(new AdmissionRules(AdmissionRules.Who.NONE, 0.97, 0.02)));
        assertThat(none.ask(ANNA, "shop", org.reservoir.manifest.Ovf.read(promising("100")).manifest(), Map.of())).isEmpty();
        assertThat(all.ask(ANNA, "shop", org.reservoir.manifest.Ovf.read(promising("100")).manifest(), Map.of())).isPresent();
        assertThat(world.site.admission.asked.getLast().service().promised()).isEqualTo(Gate.MOST_PROMISED);
        assertThat(new String(promising("100"), StandardCharsets.UTF_8)).contains("AvailabilitySection");
    }
}
