package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;

class SharedHostsTest {
    private static final String APART = "<rsrvr:AffinitySection><AntiAffinity scope='physical'><VirtualSystemId>b</VirtualSystemId></AntiAffinity></rsrvr:AffinitySection>";
    private final World world = new World();

    private static byte[] systems(String... systems) {
        return Manifests.collection("", String.join("", systems));
    }

    private List<VeeSpec.Wish> wishes(byte[] manifest) {
        world.turn(world.submit("s", manifest));
        return world.site.living().stream().map(Vee::spec).map(VeeSpec::placement).toList();
    }

    private void network(String name, boolean overlay) {
        world.site.networks().create(ANNA, new NetworkSpec(name, "isolated", Optional.empty(), List.of(NetworkSpec.Range.of("10.1.2.0/24")), List.of(), true, overlay, 0, true));
    }

    @Test
    void allThatANetworkConnectsWhichJoinsOneHostOnlyShareOneHostThatHasRoom() {
        assertThat(wishes(systems(Manifests.system("a", 1, 1, 1, ""), Manifests.system("b", 2, 2, 2, "")))).hasSize(3).allSatisfy(wish -> {
            assertThat(wish.together()).isTrue();
            assertThat(wish.group()).contains("service-1-network-net");
            assertThat(wish.rank()).contains("free_memory");
        });
    }

    @Test
    void aNetworkThatSpansHostsBindsNobody() {
        network("net", true);
        assertThat(wishes(systems(Manifests.system("a", 1, 1, 1, ""), Manifests.system("b", 2, 2, 2, "")))).containsOnly(VeeSpec.Wish.ANYWHERE);
    }

    @Test
    void aNetworkOfTheSiteThatJoinsOneHostOnlyBindsAsWell() {
        network("net", false);
        assertThat(wishes(systems(Manifests.system("a", 2, 2, 2, "")))).allMatch(VeeSpec.Wish::together);
    }

    @Test
    void whoIsAloneOnItsNetworkGoesAnywhere() {
        var two = systems(Manifests.system("a", 1, 1, 1, ""), Manifests.system("b", 1, 1, 1, "").replace("<rasd:Connection>net", "<rasd:Connection>other"));
        assertThat(wishes(new String(two, StandardCharsets.UTF_8).replace("<NetworkSection>", "<NetworkSection><Network ovf:name='other'/>").getBytes(StandardCharsets.UTF_8))).containsOnly(VeeSpec.Wish.ANYWHERE);
    }

    @Test
    void whoAManifestKeepsApartIsApartAndItsAuthorIsWarned() {
        var manifest = with(systems(Manifests.system("a", 1, 1, 1, ""), Manifests.system("b", 2, 2, 2, "")), APART);
        assertThat(wishes(manifest)).extracting(VeeSpec.Wish::apart).containsExactlyInAnyOrder(false, true, true);
        assertThat(world.services.plan(ANNA, new ServiceRequest("t", manifest, Map.of())).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.code()).isEqualTo("NETWORK_JOINS_ONE_HOST");
            assertThat(finding.message()).contains("'b'", "'net'");
        });
        network("net", true);
        assertThat(world.services.plan(ANNA, new ServiceRequest("t", manifest, Map.of())).findings()).isEmpty();
    }

    private static byte[] with(byte[] manifest, String section) {
        return new String(manifest, StandardCharsets.UTF_8).replace("<VirtualSystemCollection", section + "<VirtualSystemCollection").getBytes(StandardCharsets.UTF_8);
    }
}
