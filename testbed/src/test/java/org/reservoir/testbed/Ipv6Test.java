package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.Guest.eventually;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;

/** Two guests that are told their IPv6 addresses and their gateway by their seeds, in a network that spans two hosts and leads out. Nobody types an address. */
@Tag("real")
class Ipv6Test {
    private static final Duration SOON = Duration.ofSeconds(150);
    private static final String OUTSIDE = "fd00:77::2";
    @AutoClose
    private static Lab lab;
    private static VeeId here;
    private static VeeId there;

    @BeforeAll
    static void makeGuests() {
        lab = Lab.with(2);
        var ranges = List.of(NetworkSpec.Range.of("10.204.1.0/24"), NetworkSpec.Range.of("fd00:204:1::/64"));
        var network = lab.veem.networks().create(Lab.ADMIN, new NetworkSpec("six", "nat", Optional.empty(), ranges, List.of(), false, true, 0, true)).id();
        here = order("here", "h1", VeeSpec.NicSpec.on(network));
        there = order("there", "h2", VeeSpec.NicSpec.on(network));
        List.of(here, there).forEach(vee -> lab.await(vee, VeeState.RUNNING));
    }

    private static VeeId order(String name, String host, VeeSpec.NicSpec nic) {
        return lab.order(lab.spec(name).withNics(List.of(nic)).withContext(VeeSpec.Context.of(Map.of("role", name))), host);
    }

    private static String address(VeeId guest) {
        return lab.veem.vees().vee(Lab.ADMIN, guest).nics().getFirst().addresses().stream().filter(it -> it.contains(":")).findFirst().orElseThrow();
    }

    private static boolean reaches(VeeId guest, String address) {
        return lab.shell(guest).run("ping -c 2 -W 2 " + address).worked();
    }

    @Test
    void guestsHaveTheAddressAndTheGatewayThatTheirSeedsSay() {
        for (var guest : List.of(here, there)) {
            assertThat(lab.shell(guest).run("ip -6 addr show dev eth0").output()).contains(address(guest) + "/64");
            assertThat(lab.shell(guest).run("ip -6 route show default").output()).contains("via fd00:204:1::1 ");
        }
    }

    @Test
    void theyReachEachOtherAndTheirGatewayAcrossHosts() {
        eventually(SOON, "the gateway answers", () -> reaches(here, "fd00:204:1::1"));
        eventually(SOON, "a guest on the other host answers", () -> reaches(here, address(there)));
        assertThat(reaches(there, address(here))).isTrue();
        var web = "printf 'GET /health HTTP/1.0\\r\\n\\r\\n' | nc -w 5 %s 80 | grep -q ok";
        eventually(SOON, "its web server answers", () -> lab.shell(here).run(web.formatted(address(there))).worked());
    }

    /** The world outside has no way back to the guest's own address: it is the host that it answers. */
    @Test
    void theyGetOutUnderTheirHostsAddress() {
        for (int number = 1; number <= 2; number++) {
            lab.testbed.host(number).run("ip", "-6", "addr", "add", "fd00:77::%d/64".formatted(number), "dev", "eth0", "nodad");
        }
        var outside = lab.testbed.host(2);
        outside.run("nft", "add table ip6 seen; add chain ip6 seen in { type filter hook input priority 0; }; "
                + "add rule ip6 seen in ip6 saddr fd00:77::1 icmpv6 type echo-request counter");
        eventually(SOON, "it answers", () -> reaches(here, OUTSIDE));
        assertThat(outside.run("nft", "list", "table", "ip6", "seen")).as("what came from the guest's host itself").containsPattern("counter packets [1-9]");
    }
}
