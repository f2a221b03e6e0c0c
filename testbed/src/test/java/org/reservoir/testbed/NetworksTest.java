package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.Guest.eventually;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;

/** Real guests on two real hosts that can and cannot reach each other. One set of guests serves all tests; the last one takes them away. */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworksTest {
    private static final Duration SOON = Duration.ofSeconds(150);
    private static final int SLOW = 100;
    @AutoClose
    private static Lab lab;
    private static NetworkId front;
    private static SecurityGroupId web;
    private static VeeId server;
    private static VeeId client;
    private static VeeId far;
    private static VeeId stranger;

    @BeforeAll
    static void makeGuests() {
        lab = Lab.with(2);
        front = network("front", "nat", true, true, "10.200.1.0/24", "fd00:200:1::/64");
        var loose = network("loose", "isolated", true, false, "10.200.3.0/24");
        var other = network("other", "isolated", false, true, "10.200.2.0/24");
        web = lab.veem.networks().createGroup(Lab.ADMIN, "web", List.of(rule("in", "tcp", "80"), rule("out", "all", ""))).id();
        server = lab.order("server", "h1", new VeeSpec.NicSpec(front, List.of("10.200.1.10"), Optional.empty(), List.of(web), 0, 0));
        client = lab.order("client", "h1", VeeSpec.NicSpec.on(front), VeeSpec.NicSpec.on(loose));
        far = lab.order("far", "h2", VeeSpec.NicSpec.on(front), new VeeSpec.NicSpec(loose, List.of(), Optional.empty(), List.of(), SLOW, SLOW));
        stranger = lab.order("stranger", "h1", VeeSpec.NicSpec.on(other));
        List.of(server, client, far, stranger).forEach(vee -> lab.await(vee, VeeState.RUNNING));
        List.of(server, client, far).forEach(vee -> lab.shell(vee).run("ip -6 addr add %s/64 dev eth0".formatted(six(vee))));
    }

    private static NetworkId network(String name, String reach, boolean overlay, boolean guarded, String... cidrs) {
        return lab.veem.networks().create(Lab.ADMIN, new NetworkSpec(name, reach, Optional.empty(), List.of(cidrs).stream().map(NetworkSpec.Range::of).toList(),
                List.of(), true, overlay, 0, guarded)).id();
    }

    private static SecurityGroup.Rule rule(String direction, String protocol, String ports) {
        return new SecurityGroup.Rule(direction, protocol, Optional.empty(), Optional.of(ports).filter(text -> !text.isEmpty()));
    }

    private static boolean works(VeeId guest, String command) {
        return lab.shell(guest).run(command).worked();
    }

    private static String address(VeeId guest) {
        return nic(guest, 0).addresses().getFirst();
    }

    private static String six(VeeId guest) {
        return nic(guest, 0).addresses().getLast();
    }

    private static Vee.NicStatus nic(VeeId guest, int number) {
        return lab.veem.vees().vee(Lab.ADMIN, guest).nics().get(number);
    }

    private static String get(String host) {
        return "printf 'GET /health HTTP/1.0\\r\\n\\r\\n' | nc -w 3 %s 80 | grep -q ok".formatted(host);
    }

    private static String ping(String host) {
        return "ping -c 2 -W 2 %s".formatted(host);
    }

    @Test
    @Order(1)
    void guestsOfOneNetworkReachEachOther() {
        eventually(SOON, "the server answers", () -> works(client, get("10.200.1.10")));
    }

    @Test
    @Order(2)
    void guestsOfAnotherNetworkDoNot() {
        var shell = lab.shell(stranger);
        assertThat(shell.run(ping("10.200.2.1")).worked()).as("it reaches its own gateway").isTrue();
        shell.run("ip route add default dev eth0");
        assertThat(shell.run(ping("10.200.1.10")).worked()).isFalse();
        shell.run("ip route del default; ip route add default via 10.200.2.1");
        assertThat(shell.run(ping("10.200.1.10")).worked()).isFalse();
        assertThat(shell.run(get("10.200.1.10")).worked()).isFalse();
        assertThat(works(client, ping(address(stranger)))).isFalse();
    }

    @Test
    @Order(3)
    void guestsOnDifferentHostsReachEachOtherWithPacketsOfTheWholeMtu() {
        assertThat(lab.shell(far).run("cat /sys/class/net/eth0/mtu").output()).isEqualTo("1450");
        eventually(SOON, "the server answers over the tunnel", () -> works(far, get("10.200.1.10")));
        assertThat(works(far, "ping -c 2 -W 2 -s 1422 " + address(client))).isTrue();
        assertThat(works(far, "ping -c 2 -W 2 -s 4000 " + address(client))).isTrue();
    }

    @Test
    @Order(4)
    void aSecurityGroupLetsThroughWhatItSaysAndAChangeHoldsAtOnce() {
        lab.shell(server).run("(while :; do nc -l -p 22 -e echo hello; done </dev/null &) >/dev/null 2>&1");
        eventually(SOON, "port 22 is served", () -> works(server, "nc 127.0.0.1 22 </dev/null | grep hello"));
        assertThat(works(client, get("10.200.1.10"))).isTrue();
        assertThat(works(client, "nc -w 3 10.200.1.10 22 </dev/null | grep hello")).isFalse();
        assertThat(works(client, ping("10.200.1.10"))).isFalse();
        assertThat(works(client, get(six(server)))).as("the port is open over IPv6, too").isTrue();
        assertThat(works(client, "nc -w 3 %s 22 </dev/null | grep hello".formatted(six(server)))).isFalse();
        assertThat(works(client, ping(six(server)))).isFalse();
        lab.veem.networks().changeGroup(Lab.ADMIN, web, List.of(rule("in", "tcp", "22"), rule("in", "icmp", ""), rule("out", "all", "")));
        eventually(SOON, "port 22 opens", () -> works(client, "nc -w 3 10.200.1.10 22 </dev/null | grep hello"));
        eventually(SOON, "the server answers pings", () -> works(client, ping("10.200.1.10")));
        assertThat(works(client, get("10.200.1.10"))).isFalse();
        assertThat(works(client, get(six(server)))).isFalse();
        assertThat(works(server, ping(address(client)))).as("answers to what went out may come in").isTrue();
        lab.veem.networks().changeGroup(Lab.ADMIN, web, List.of(rule("in", "tcp", "80"), rule("out", "all", "")));
        eventually(SOON, "port 80 opens", () -> works(client, get("10.200.1.10")));
    }

    @Test
    @Order(5)
    void natLeadsOut() {
        var outside = lab.testbed.host(2).address();
        assertThat(works(client, ping(outside))).isTrue();
    }

    @Test
    @Order(6)
    void aForgedSourceIsDroppedUnlessTheNetworkIsUnguarded() {
        assertThat(arrives(0, "10.200.1.77", "10.200.1.77/24")).as("a forged source in a guarded network").isFalse();
        assertThat(arrives(0, address(far), "10.200.1.77/24")).as("its own source").isTrue();
        assertThat(arrives(1, "10.200.3.77", "10.200.3.77/24")).as("a forged source in an unguarded network").isTrue();
        lab.shell(far).run("ip addr add 10.200.1.10/32 dev eth0; arping -c 3 -U -s 10.200.1.10 -I eth0 10.200.1.10; ip addr del 10.200.1.10/32 dev eth0");
        assertThat(lab.shell(client).run(ping("10.200.1.10") + "; ip neigh show 10.200.1.10").output()).contains(nic(server, 0).mac());
        lab.shell(far).run("ip link set eth0 down; ip link set eth0 address 02:00:00:00:00:99; ip link set eth0 up");
        assertThat(works(far, ping(address(client)))).as("a forged MAC").isFalse();
        lab.shell(far).run("ip link set eth0 down; ip link set eth0 address %s; ip link set eth0 up; ip -6 addr add %s/64 dev eth0".formatted(nic(far, 0).mac(), six(far)));
        eventually(SOON, "its own MAC reaches again", () -> works(far, ping(address(client))));
    }

    /** Whether a ping of {@code far} from this source address gets to {@code client}. */
    private static boolean arrives(int number, String source, String also) {
        var target = nic(client, number);
        var heard = "awk '/^Icmp:/ { n = $10 } END { print n }' /proc/net/snmp";
        var before = lab.shell(client).run(heard).output();
        lab.shell(far).run("ip addr add %1$s dev eth%2$d; arp -s %3$s %4$s; ping -c 3 -W 1 -I %5$s %3$s".formatted(also, number, target.addresses().getFirst(), target.mac(), source));
        return !lab.shell(client).run(heard).output().equals(before);
    }

    @Test
    @Order(7)
    void ipv6IsFilteredLikeIpv4() {
        eventually(SOON, "it reaches over IPv6", () -> works(far, ping(six(client))));
        assertThat(works(far, ping(six(server)))).isFalse();
        lab.shell(far).run("ip -6 addr add fd00:200:1::77/64 dev eth0; sleep 2");
        assertThat(works(far, "ping -c 2 -W 2 -I fd00:200:1::77 " + six(client))).as("a forged source").isFalse();
        assertThat(works(far, "ping -c 2 -W 2 -I %s %s".formatted(six(far), six(client)))).as("its own source").isTrue();
        lab.shell(far).run("ip -6 addr del fd00:200:1::77/64 dev eth0");
        lab.veem.networks().changeGroup(Lab.ADMIN, web, List.of(rule("in", "tcp", "80"), new SecurityGroup.Rule("in", "icmpv6", Optional.of(six(far)), Optional.empty()), rule("out", "all", "")));
        eventually(SOON, "the server answers the one it may answer", () -> works(far, ping(six(server))));
        assertThat(works(client, ping(six(server)))).isFalse();
    }

    @Test
    @Order(9)
    void aGuestThatMovesKeepsItsAddressItsPeersAndItsGateway() {
        var gateway = lab.shell(client).run(ping("10.200.1.1") + "; ip neigh show 10.200.1.1").output();
        lab.veem.vees().act(Lab.ADMIN, client, new VeeAction.Migrate(Optional.of(lab.host("h2")), true));
        lab.await(client, "to run on h2", it -> it.state() == VeeState.RUNNING && it.host().equals(Optional.of(lab.host("h2"))));
        lab.closeShell(client);
        eventually(SOON, "the server answers over the tunnel", () -> works(client, get("10.200.1.10")));
        assertThat(works(client, ping(address(far)))).isTrue();
        var shell = lab.shell(client);
        assertThat(shell.run("ip neigh flush dev eth0; " + ping("10.200.1.1") + "; ip neigh show 10.200.1.1").output()).as("before: " + gateway).contains(mac(gateway));
        assertThat(works(client, ping(lab.testbed.host(1).address()))).as("the way out leads through its new host").isTrue();
        assertThat(shell.run("udhcpc -i eth0 -n -q -t 5 -s /etc/reservoir/dhcp").output()).contains("lease of " + address(client)).doesNotContain("NAK");
    }

    private static String mac(String neighbour) {
        var match = java.util.regex.Pattern.compile("lladdr ([0-9a-f:]{17})").matcher(neighbour);
        assertThat(match.find()).as(neighbour).isTrue();
        return match.group(1);
    }

    /** Half a megabyte at 100 kB/s, less the burst of 128 KiB and the second's worth that nftables lets pass with it, takes 2.6 s at least; a slow machine only makes it longer. */
    @Test
    @Order(8)
    void aBoundedNicIsHeldToItsBandwidthInEachDirection() {
        for (var way : List.of(new VeeId[] {far, client}, new VeeId[] {client, far})) {
            var receiver = lab.shell(way[1]);
            receiver.run("(sleep 600 | nc -l -p 7000 | wc -c > /tmp/got &) >/dev/null 2>&1"); // an end of its input would end the connection, and the console's is the shell's
            eventually(SOON, "it listens", () -> receiver.run("netstat -ltn | grep -q ':7000 '").worked());
            long start = System.nanoTime();
            assertThat(works(way[0], "dd if=/dev/zero bs=1000 count=500 2>/dev/null | nc -w 10 %s 7000".formatted(nic(way[1], 1).addresses().getFirst()))).isTrue();
            eventually(SOON, "all of it arrives", () -> receiver.run("cat /tmp/got").output().equals("500000"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2500));
        }
        var dropped = java.util.regex.Pattern.compile("limit rate over .* counter packets [1-9]").matcher(lab.testbed.host(2).run("nft", "list", "ruleset", "bridge"));
        assertThat(dropped.results().count()).as("frames beyond the bound were dropped in both directions").isEqualTo(2);
    }

    @Test
    @Order(10)
    void theLastGuestTakesTheNetworkAway() {
        List.of(far, client).forEach(vee -> lab.veem.vees().act(Lab.ADMIN, vee, new VeeAction.Terminate(true)));
        List.of(far, client).forEach(vee -> lab.await(vee, VeeState.TERMINATED));
        var host = lab.testbed.host(2);
        eventually(SOON, "the network goes", () -> Guest.virsh(host, "net-list", "--all", "--name").isBlank());
        assertThat(host.run("ip", "-o", "link")).doesNotContain(": vx", ": rv");
        assertThat(host.run("nft", "list", "tables")).doesNotContain("vx");
        assertThat(Guest.virsh(host, "nwfilter-list")).doesNotContain("reservoir");
    }
}
