package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Manifest;
import org.reservoir.manifest.Ovf;
import org.reservoir.servicemanager.Elasticity.Standing;

/** What RESERVOIR's first Service Manager got wrong, one by one; none of it may come back. */
class ClaudiaDefectsTest {
    private static final Instant NOW = World.START;

    private static Manifest manifest(String startup, String... systems) {
        return Ovf.read(Manifests.collection(startup, String.join("", systems))).manifest();
    }

    private static ElasticRule ruleOf(Component component) {
        return ElasticRule.of(component, component.rules().getFirst(), List.of());
    }

    @Test
    void theCooldownIsObeyed() {
        var rule = ElasticityTest.rule("50", "0.1");
        var fresh = new Standing(1, 9, 3, Optional.of(NOW.minusSeconds(1)));
        assertThat(Elasticity.decide(fresh, List.of(rule), _ -> Window.of(900, 1), NOW).orElseThrow().changes()).isFalse();
        assertThat(Elasticity.decide(fresh, List.of(rule), _ -> Window.of(1, 1), NOW).orElseThrow().changes()).isFalse();
    }

    @Test
    void aWindowIsATimeAndItsUnitAndFrequencyCount() {
        var hourly = manifest("", Manifests.system("web", 1, 1, 3, Manifests.rule("50").replace("unit='minute'>1<", "unit='hour'>2<"))).components().getFirst();
        assertThat(ruleOf(hourly).window()).isEqualTo(Duration.ofHours(2));
        assertThat(ruleOf(hourly).every()).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void rightAfterDeploymentNothingIsScaledDownOnAWindowThatIsStillEmpty() {
        var world = new World();
        var id = world.submit("shop", Manifests.collection(Manifests.item("web", 1), Manifests.system("web", 1, 3, 5, Manifests.rule("50"))));
        world.settle(id);
        world.kpis.put("load", Window.of(1, 0.3));
        world.elasticity.turn(world.site.now());
        assertThat(world.service(id).components().getFirst().wanted()).isEqualTo(3);
        assertThat(world.services.decisions(ANNA, id, Page.Request.FIRST).items()).singleElement().satisfies(decision -> {
            assertThat(decision.to()).isEqualTo(decision.from());
            assertThat(decision.why()).contains("30 %");
        });
    }

    @Test
    void theKpiIsAskedForOncePerRuleAndEvaluationWhateverItsDirection() {
        var world = new World();
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        var loop = new ElasticityLoop(world.records, (_, _, _, _, _) -> {
            asked.incrementAndGet();
            return Window.of(100, 1);
        });
        var id = world.submit("shop", Manifests.collection(Manifests.item("web", 1), Manifests.system("web", 1, 2, 5, Manifests.rule("50"))));
        world.settle(id);
        loop.turn(world.site.now());
        loop.turn(world.site.now());
        assertThat(asked).hasValue(1);
        loop.turn(world.site.now().plusSeconds(10));
        assertThat(asked).hasValue(2);
    }

    @Test
    void eachComponentHasItsOwnStepsAndNobodySleepsInBetween() {
        var knobs = "<ProductSection><Property ovf:key='SCALE_UP_PERCENTAGE' ovf:value='50'/><Property ovf:key='SCALE_DOWN_LAZY_TIME' ovf:value='7'/></ProductSection>";
        var manifest = manifest("", Manifests.system("a", 1, 4, 9, Manifests.rule("50") + knobs), Manifests.system("b", 1, 4, 9, Manifests.rule("50")));
        var a = ruleOf(manifest.components().get(0));
        var b = ruleOf(manifest.components().get(1));
        var standing = new Standing(1, 9, 4, Optional.of(NOW.minusSeconds(61)));
        assertThat(Elasticity.decide(standing, List.of(a), _ -> Window.of(900, 1), NOW).orElseThrow().to()).isEqualTo(6);
        assertThat(Elasticity.decide(standing, List.of(b), _ -> Window.of(900, 1), NOW).orElseThrow().to()).isEqualTo(8);
        assertThat(Elasticity.decide(standing, List.of(a), _ -> Window.of(1, 1), NOW).orElseThrow().to()).isEqualTo(3);
        assertThat(Elasticity.decide(standing, List.of(b), _ -> Window.of(1, 1), NOW).orElseThrow().kind()).isEqualTo(Verdict.Kind.COOLDOWN);
    }

    @Test
    void ordersMayBeginAnywhereHaveGapsAndBeEqual() {
        var world = new World();
        var id = world.submit("sap", Manifests.collection(Manifests.item("CI", 1) + Manifests.item("PROXY", 2) + Manifests.item("NETMON", 4) + Manifests.item("DI", 4),
                Manifests.system("CI", 1, 1, 1, "") + Manifests.system("PROXY", 1, 1, 1, "") + Manifests.system("NETMON", 1, 1, 1, "") + Manifests.system("DI", 1, 2, 10, "")));
        var steps = new java.util.ArrayList<List<String>>();
        for (int i = 0; i < 3; i++) {
            world.turn(id);
            steps.add(world.replicas());
            world.site.settle(Duration.ofSeconds(3));
        }
        assertThat(steps).containsExactly(List.of("CI/0"), List.of("CI/0", "PROXY/0"), List.of("CI/0", "DI/0", "DI/1", "NETMON/0", "PROXY/0"));
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
    }

    @Test
    void subnetsHaveRoomForEveryReplicaAndAreNobodyElses() {
        var seen = new HashSet<String>();
        for (int service = 1; service <= 500; service++) {
            for (int network = 0; network < 8; network++) {
                var subnet = Subnets.of("10.128.0.0/12", new org.reservoir.kernel.ServiceId(service), network, 0);
                assertThat(seen.add(subnet)).as(subnet).isTrue();
                assertThat(subnet).matches("10\\.1(2[89]|3[0-9]|4[0-3])\\.[0-9]+\\.0/24");
            }
        }
    }

    @Test
    void aSubnetThatSomebodyHasIsPassedOver() {
        var world = new World();
        for (int attempt = 0; attempt < 3; attempt++) {
            var taken = Subnets.of(ServiceSettings.DEFAULT.subnets(), new org.reservoir.kernel.ServiceId(1), 0, attempt);
            world.site.networks().create(ANNA, new NetworkSpec("other-" + attempt, "isolated", Optional.empty(), List.of(NetworkSpec.Range.of(taken)), List.of(), true, false, 0, true));
        }
        var id = world.submit("shop", Manifests.twoTier());
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
    }

    @Test
    void troubleWithOneReplicaNeitherEndsTheServiceNorForgetsWhereItWas() {
        var world = new World();
        var id = world.submit("shop", Manifests.twoTier());
        world.turn(id);
        world.site.put(world.site.living().getFirst().id(), VeeState.FAILED, false);
        world.turn(id);
        world.restart();
        assertThat(world.service(id).state()).isEqualTo(Service.State.DEPLOYING);
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(world.replicas()).containsExactly("db/0", "web/0");
    }

    @Test
    void boundsMayBeLeftOutASystemMayStandAloneAndCollectionsMayBeNested() {
        var alone = """
                <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><VirtualSystem ovf:id="one"/></Envelope>""";
        var world = new World();
        var id = world.submit("alone", alone.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(world.replicas()).containsExactly("one/0");
        var nested = Ovf.read(Manifests.collection("", "<VirtualSystemCollection ovf:id='in'>%s</VirtualSystemCollection>".formatted(Manifests.system("deep", 1, 1, 1, ""))));
        assertThat(nested.manifest().components()).extracting(Component::id).containsExactly("deep");
        var undeclared = Ovf.read(Manifests.collection("", Manifests.system("web", 1, 1, 3, Manifests.rule("50").replace("load", "nobody"))));
        assertThat(undeclared.findings()).anyMatch(finding -> finding.code().equals("KPI_NOT_DECLARED") && finding.isError());
    }
}
