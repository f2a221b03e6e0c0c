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
