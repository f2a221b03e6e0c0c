package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;

class ServiceDeskTest {
    private static final Caller BOB = new Caller(new UserId(8), "bob", new GroupId(4), Set.of(new GroupId(4)), false);
    private final World world = new World();

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private static ServiceRequest request(byte[] manifest) {
        return new ServiceRequest("shop", manifest, Map.of());
    }

    @Test
    void aPlanSaysStepsInOrderAndWhatTheyTakeAndChangesNothing() {
        var plan = world.services.plan(ANNA, request(Manifests.twoTier()));
        assertThat(plan.findings()).isEmpty();
        assertThat(plan.steps()).extracting(step -> step.order() + " " + step.component()).containsExactly("1 ", "1 db", "1 db", "2 web", "2 web");
        assertThat(plan.least().replicas()).isEqualTo(2);
        assertThat(plan.first().capacity().memory()).isEqualTo(DataSize.mebibytes(192));
        assertThat(plan.most().replicas()).isEqualTo(4);
        assertThat(plan.most().capacity().disk()).isEqualTo(DataSize.gibibytes(1));
        assertThat(world.site.living()).isEmpty();
        assertThat(world.services.services(ANNA, Page.Request.ALL).items()).isEmpty();
    }

    @Test
    void aPlanOfAManifestThatCannotBeDeployedSaysWhyInItsFindings() {
        var wrong = Manifests.collection("", Manifests.system("a", 3, 2, 1, ""));
        assertThat(world.services.plan(ANNA, request(wrong)).findings()).anyMatch(finding -> finding.code().equals("BOUNDS_OUT_OF_ORDER"));
        var withoutImage = new String(Manifests.twoTier(), StandardCharsets.UTF_8).replace("reservoir-guest.qcow2", "other.qcow2").getBytes(StandardCharsets.UTF_8);
        assertThat(world.services.plan(ANNA, request(withoutImage)).findings()).anyMatch(finding -> finding.code().equals("IMAGE_MISSING") && finding.severity() == Finding.Severity.ERROR);
    }

    @Test
    void whatCannotBeDeployedIsRefusedBeforeAnythingHappens() {
        refused("MANIFEST_NOT_WELL_FORMED", () -> world.services.submit(ANNA, request(Manifests.collection("", Manifests.system("a", 3, 2, 1, "")))));
        refused("OVF_NOT_XML", () -> world.services.submit(ANNA, request("hello".getBytes(StandardCharsets.UTF_8))));
        refused("OVF_DOCTYPE", () -> world.services.check("<!DOCTYPE a><Envelope/>".getBytes(StandardCharsets.UTF_8)));
        var withoutImage = new String(Manifests.twoTier(), StandardCharsets.UTF_8).replace("reservoir-guest.qcow2", "images/other.qcow2").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> world.services.submit(ANNA, request(withoutImage))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("IMAGE_MISSING");
            assertThat(refused.getMessage()).contains("images/other.qcow2");
            assertThat(refused.advice()).contains("reservoir image create");
        });
        assertThat(world.services.services(ANNA, Page.Request.ALL).items()).isEmpty();
    }

    @Test
    void aNameIsTakenUntilItsServiceIsGone() {
        var id = world.submit("shop", Manifests.twoTier());
        refused("SERVICE_NAME_TAKEN", () -> world.submit("shop", Manifests.twoTier()));
        world.services.undeploy(ANNA, id);
        world.settle(id);
        assertThat(world.submit("shop", Manifests.twoTier())).isNotEqualTo(id);
    }

    @Test
    void servicesOfOthersLookAsIfTheyWereNotThere() {
        var id = world.submit("shop", Manifests.twoTier());
        refused("SERVICE_NOT_FOUND", () -> world.services.service(BOB, id));
        refused("SERVICE_NOT_FOUND", () -> world.services.undeploy(BOB, id));
        refused("SERVICE_NOT_FOUND", () -> world.services.manifest(BOB, id));
        refused("SERVICE_NOT_FOUND", () -> world.services.service(ANNA, new ServiceId(99)));
        assertThat(world.services.services(BOB, Page.Request.ALL).items()).isEmpty();
    }

    @Test
    void whatIsAskedOfAServiceMustFitIt() {
        var id = world.submit("shop", Manifests.twoTier());
        refused("SCALE_OUT_OF_BOUNDS", () -> world.services.scale(ANNA, id, "web", 4));
        refused("SCALE_OUT_OF_BOUNDS", () -> world.services.scale(ANNA, id, "db", 0));
        refused("COMPONENT_NOT_FOUND", () -> world.services.scale(ANNA, id, "cache", 1));
        refused("WRONG_STATE", () -> world.services.retry(ANNA, id));
        refused("BAD_CURSOR", () -> world.services.decisions(ANNA, id, new Page.Request(10, java.util.Optional.of("x"))));
        world.services.undeploy(ANNA, id);
        assertThat(world.services.undeploy(ANNA, id).id()).isEqualTo(id);
        refused("WRONG_STATE", () -> world.services.scale(ANNA, id, "web", 2));
    }

    @Test
    void givenPropertiesReachTheGuestAndOnlyThoseThatMayBeGiven() {
        var manifest = Manifests.collection("", Manifests.system("a", 1, 1, 1, """
                <ProductSection ovf:class='org.x'><Property ovf:key='colour' ovf:value='red' ovf:userConfigurable='true'/><Property ovf:key='size' ovf:value='1'/></ProductSection>"""));
        refused("PROPERTY_UNKNOWN", () -> world.services.submit(ANNA, new ServiceRequest("s", manifest, Map.of("shape", "round"))));
        refused("PROPERTY_FIXED", () -> world.services.submit(ANNA, new ServiceRequest("s", manifest, Map.of("size", "2"))));
        var id = world.services.submit(ANNA, new ServiceRequest("s", manifest, Map.of("org.x.colour", "blue"))).id();
        world.turn(id);
        assertThat(world.site.living().getFirst().spec().context().properties()).containsEntry("org.x.colour", "blue").containsEntry("org.x.size", "1");
    }

    @Test
    void aRuleScalesAndSaysWhyAndInShadowOnlySaysIt() {
        var id = world.submit("shop", Manifests.twoTier());
        world.settle(id);
        world.services.rules(ANNA, id, "web", false);
        world.kpis.put("load", Window.of(140, 1));
        world.elasticity.turn(world.site.now());
        assertThat(world.service(id).components().getLast().wanted()).isEqualTo(1);
        assertThat(world.services.decisions(ANNA, id, Page.Request.FIRST).items().getFirst()).satisfies(decision -> {
            assertThat(decision.inForce()).isFalse();
            assertThat(decision.to()).isEqualTo(2);
        });
        world.services.rules(ANNA, id, "web", true);
        world.elasticity.turn(world.site.now().plusSeconds(60));
        assertThat(world.service(id).components().getLast().wanted()).isEqualTo(2);
        assertThat(world.services.decisions(ANNA, id, Page.Request.FIRST).items().getFirst()).satisfies(decision -> {
            assertThat(decision.inForce()).isTrue();
            assertThat(decision.rule()).isEqualTo("web:load");
            assertThat(decision.inputs()).containsEntry("total", "140").containsEntry("quota", "50");
        });
        assertThat(world.service(id).components().getLast().rules()).singleElement().asString().contains("load").contains("50");
    }

    @Test
    void theManifestComesBackAsItWasHandedIn() {
        var id = world.submit("shop", Manifests.twoTier());
        assertThat(world.services.manifest(ANNA, id)).isEqualTo(Manifests.twoTier());
    }

    @Test
    void listsComeInPages() {
        for (int i = 0; i < 5; i++) {
            world.submit("shop-" + i, Manifests.twoTier());
        }
        var first = world.services.services(ANNA, new Page.Request(2, java.util.Optional.empty()));
        var second = world.services.services(ANNA, new Page.Request(3, first.next()));
        assertThat(first.items()).extracting(service -> service.name()).containsExactly("shop-0", "shop-1");
        assertThat(second.items()).extracting(service -> service.name()).containsExactly("shop-2", "shop-3", "shop-4");
    }
}
