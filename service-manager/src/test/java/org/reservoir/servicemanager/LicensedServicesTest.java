package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.kernel.Refused;

/** Manifests that say of which licences their replicas need a seat. */
class LicensedServicesTest {
    private final World world = new World();

    private static byte[] manifest(String licences, String inside) {
        return new String(Manifests.collection("", Manifests.system("web", 1, 1, 1, "") + Manifests.system("db", 2, 2, 2, inside)), StandardCharsets.UTF_8)
                .replace("<VirtualSystemCollection", "<rsrvr:LicenceSection>%s</rsrvr:LicenceSection><VirtualSystemCollection".formatted(licences)).getBytes(StandardCharsets.UTF_8);
    }

    private static String licence(String name, String system) {
        return "<rsrvr:Licence name='%s'><rsrvr:VirtualSystemId>%s</rsrvr:VirtualSystemId></rsrvr:Licence>".formatted(name, system);
    }

    @Test
    void replicasAskForTheLicencesOfTheirComponentAndKeepWhatelseTheyWish() {
        world.turn(world.submit("s", manifest(licence("oracle", "db") + licence("datacenter", "db"), "")));
        var licences = world.site.living().stream().map(vee -> vee.spec()).collect(Collectors.groupingBy(spec -> spec.tags().get(VeeChanged.COMPONENT_TAG),
                Collectors.mapping(spec -> spec.placement().licences(), Collectors.toList())));
        assertThat(licences).isEqualTo(Map.of("web", List.of(List.of()), "db", List.of(List.of("oracle", "datacenter"), List.of("oracle", "datacenter"))));
        assertThat(world.site.living()).as("they share a host for their network's sake").allMatch(vee -> vee.spec().placement().together());
    }

    @Test
    void aLicenceThatTheSiteDoesNotHaveIsRefusedBeforeAnythingIsMade() {
        var request = new ServiceRequest("s", manifest(licence("oracel", "db"), ""), Map.of(), false);
        assertThatThrownBy(() -> world.services.submit(ANNA, request)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("LICENCE_NOT_FOUND");
            assertThat(refused.getMessage()).startsWith("Component db asks for licence 'oracel'");
        });
        assertThat(world.services.services(ANNA, Page.Request.ALL).items()).isEmpty();
        assertThat(world.services.plan(ANNA, request).findings()).filteredOn(finding -> finding.severity() == Finding.Severity.ERROR).extracting(Finding::code).containsExactly("LICENCE_NOT_FOUND");
    }

    @Test
    void whatIsPromisedIsAskedForWithItsLicences() {
        var promising = new String(GateTest.promising("98.5"), StandardCharsets.UTF_8)
                .replace("<VirtualSystemCollection", "<rsrvr:LicenceSection>%s</rsrvr:LicenceSection><VirtualSystemCollection".formatted(licence("oracle", "web"))).getBytes(StandardCharsets.UTF_8);
        world.services.submit(ANNA, new ServiceRequest("s", promising, Map.of(), false));
        assertThat(world.site.admission.asked.getLast().service().tiers()).extracting(Placements.Tier::licences).containsExactly(List.of("oracle"));
    }
}
