package org.reservoir.van;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;

class NetworkPlanTest {
    private static NetworkSpec spec(String reach, String... cidrs) {
        return new NetworkSpec("front", reach, Optional.empty(), List.of(cidrs).stream().map(NetworkSpec.Range::of).toList(), List.of(), false, false, 0, true);
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.0/24, 10.1.0.2, 10.1.0.254, 253", "192.168.7.0/30, 192.168.7.2, 192.168.7.2, 1", "fd00:1::/64, fd00:1::2, fd00:1::ffff:ffff:ffff:ffff, 9223372036854775807"})
    void aRangeGivesAllButTheGatewayByDefault(String cidr, String first, String last, long size) {
        var range = Range.of(NetworkSpec.Range.of(cidr));
        assertThat(range.first()).hasToString(first);
        assertThat(range.last()).hasToString(last);
        assertThat(range.size()).isEqualTo(size);
        assertThat(range.gives(range.gateway())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.1/24", "10.1.0.0", "10.1.0.0/31", "10.1.0.0/4", "host/24", "10.1.0.0/x", "fd00::/127", "1.2.3/24", ""})
    void aSubnetThatIsNoneIsRefused(String cidr) {
        assertThatThrownBy(() -> Subnet.parse(cidr)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"::1, ::1", "fd00:0:0:1:0:0:0:5, fd00:0:0:1::5", "FD00::0ABC, fd00::abc", "10.0.0.255, 10.0.0.255", "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7"})
    void addressesAreWrittenInOneWay(String given, String written) {
        assertThat(Address.parse(given)).hasToString(written);
    }

    @Test
    void anIsolatedNetworkTellsNoGateway() {
        assertThat(NetworkPlan.of(spec("isolated", "10.1.0.0/24")).gateway(false)).isEmpty();
        assertThat(NetworkPlan.of(spec("nat", "10.1.0.0/24")).gateway(false)).hasToString("Optional[10.1.0.1]");
    }

    private static NetworkSpec bad(String reach, String bridge, boolean overlay, int mtu, NetworkSpec.Range... ranges) {
        return new NetworkSpec("bad", reach, Optional.of(bridge).filter(text -> !text.isEmpty()), List.of(ranges), List.of(), true, overlay, mtu, true);
    }

    private static NetworkSpec.Range range(String cidr, String first, String last, String gateway) {
        return new NetworkSpec.Range(cidr, Optional.of(first).filter(text -> !text.isEmpty()), Optional.of(last).filter(text -> !text.isEmpty()), Optional.of(gateway).filter(text -> !text.isEmpty()));
    }

    @Test
    void aDescriptionThatContradictsItselfIsRefused() {
        var good = NetworkSpec.Range.of("10.1.0.0/24");
        for (var spec : List.of(bad("routed", "", false, 0, good), bad("bridged", "", false, 0, good), bad("bridged", "br0", true, 0, good), bad("nat", "", false, 100, good),
                bad("nat", "", false, 0, good, good), bad("nat", "", false, 0, range("10.1.0.0/24", "10.1.0.9", "10.1.0.5", "")), bad("nat", "", false, 0, range("10.1.0.0/24", "10.2.0.9", "", "")),
                bad("nat", "", false, 0, range("10.1.0.0/24", "10.1.0.5", "10.1.0.9", ""), range("10.1.0.0/24", "10.1.0.9", "10.1.0.12", "")),
                bad("nat", "", false, 0, range("10.1.0.0/24", "10.1.0.5", "10.1.0.9", ""), range("10.1.0.0/24", "10.1.0.10", "10.1.0.12", "10.1.0.254")),
                bad("nat", "", false, 0, NetworkSpec.Range.of("03:00:00:00:00:00/24")), bad("nat", "", false, 0, NetworkSpec.Range.of("02:00:00:00:00:01/24")),
                bad("nat", "", false, 0, range("02:00:00:00:00:00/24", "02:00:01:00:00:00", "", "")))) {
            assertThatThrownBy(() -> NetworkPlan.of(spec)).as(spec.toString()).isInstanceOf(Refused.class);
        }
    }

    @Test
    void hostsHaveAnAddressOnlyWhereTheyRouteOrAnswer() {
        var range = NetworkSpec.Range.of("10.1.0.0/24");
        var quiet = new NetworkSpec("quiet", "isolated", Optional.empty(), List.of(range), List.of(), false, false, 0, true);
        assertThat(NetworkPlan.of(quiet).on("beef", new NetworkId(1), List.of(), Optional.empty(), List.of()).subnets()).allSatisfy(subnet -> assertThat(subnet.gateway()).isEmpty());
        for (var spec : List.of(bad("nat", "", false, 0, range), bad("isolated", "", false, 0, range))) {
            assertThat(NetworkPlan.of(spec).on("beef", new NetworkId(1), List.of(), Optional.empty(), List.of()).subnets()).allSatisfy(subnet -> assertThat(subnet.gateway()).contains("10.1.0.1"));
        }
        assertThat(NetworkPlan.of(bad("bridged", "br0", false, 0, range)).onHosts()).isEmpty();
    }

    /** Any two networks of a site, and any two sites' bridges. */
    @Test
    void noTwoNetworksShareABridgeOrATunnel() {
        long seed = System.nanoTime();
        var random = new java.util.Random(seed);
        var plan = NetworkPlan.of(spec("nat", "10.1.0.0/24"));
        var bridges = new java.util.HashMap<String, String>();
        for (int round = 0; round < 8; round++) {
            var site = "%04x".formatted(random.nextInt(1 << 16));
            var vnis = new java.util.HashMap<Integer, NetworkId>();
            long start = random.nextInt(1, 1 << 20);
            for (long n = start; n < start + 2000; n++) {
                var id = new NetworkId(n);
                var bridge = plan.bridge(site, id);
                assertThat(bridge).as("seed %d", seed).matches("[a-z0-9-]{3,15}");
                assertThat(bridges.put(bridge, site + " " + n)).as("seed %d", seed).isIn(null, site + " " + n);
                assertThat(vnis.put(NetworkPlan.vni(site, id), id)).as("seed %d", seed).isNull();
                assertThat(NetworkPlan.vni(site, id)).isBetween(1, 0xfffffe);
            }
        }
    }

    @Test
    void macsAreCountedLikeNumbers() {
        assertThat(MacRange.text(MacRange.number("02:ab:00:00:00:ff") + 1)).isEqualTo("02:ab:00:00:01:00");
        var macs = NetworkPlan.of(bad("nat", "", false, 0, NetworkSpec.Range.of("02:ab:00:00:00:00/40"))).macs();
        assertThat(macs).singleElement().satisfies(range -> {
            assertThat(range.gives("02:ab:00:00:00:ff")).isTrue();
            assertThat(range.gives("02:ab:00:00:01:00")).isFalse();
        });
    }

    @Test
    void bridgeNamesFitIntoLinux() {
        assertThat(NetworkPlan.of(spec("nat", "10.1.0.0/24")).bridge("beef", new NetworkId(999_999_999L))).hasSizeLessThanOrEqualTo(15);
    }

    @Test
    void macAddressesFollowFromTheAddress() {
        assertThat(NetworkPlan.mac(new NetworkId(3), Optional.of(Address.parse("10.1.0.5")), 0)).isEqualTo("02:03:0a:01:00:05");
        assertThat(NetworkPlan.mac(new NetworkId(3), Optional.empty(), 7)).isEqualTo("02:03:80:00:00:07");
    }

    @Test
    void twoSubnetsOfOneFamilyAreRefused() {
        assertThatThrownBy(() -> NetworkPlan.of(spec("nat", "10.1.0.0/24", "10.2.0.0/24"))).isInstanceOf(Refused.class).hasMessageContaining("several subnets");
    }

    @Test
    void anOverlayLeavesRoomForItsHeaders() {
        var spec = new NetworkSpec("wide", "isolated", Optional.empty(), List.of(NetworkSpec.Range.of("10.9.0.0/24")), List.of(), false, true, 0, true);
        var host = NetworkPlan.of(spec).on("beef", new NetworkId(9), List.of(), Optional.of("192.0.2.1"), List.of("192.0.2.2"));
        assertThat(host.mtu()).isEqualTo(1450);
        assertThat(host.overlay()).hasValueSatisfying(overlay -> assertThat(overlay.peers()).containsExactly("192.0.2.2"));
    }
}
