package org.reservoir.veeh.libvirt;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostNetwork;

/**
 * Writes the script that spans a network's bridge over other hosts by VXLAN: broadcasts go to each peer in turn (head-end replication),
 * and each host learns from what it hears where the other MACs are. No multicast is needed. Given again it changes only what differs.
 */
final class Overlay {
    private static final int PORT = 4789;
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:]{2,45}");
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9._-]{1,15}");

    private Overlay() {}

    static String device(int vni) {
        return "rsvx" + vni;
    }

    static String up(HostNetwork network, HostNetwork.Overlay overlay) {
        overlay.peers().forEach(Overlay::requireAddress);
        requireAddress(overlay.localAddress());
        requireDevice(network.bridge());
        var device = device(overlay.vni());
        var wanted = String.join(" ", new TreeSet<>(overlay.peers()));
        return """
                ip link show %1$s >/dev/null 2>&1 || ip link add %1$s type vxlan id %2$d local %3$s dstport %4$d
                ip link set %1$s mtu %5$d master %6$s up
                wanted=" %7$s "
                have=$(bridge fdb show dev %1$s | sed -n 's/^00:00:00:00:00:00 dst \\([^ ]*\\).*/\\1/p')
                for peer in $have; do case "$wanted" in *" $peer "*) ;; *) bridge fdb del 00:00:00:00:00:00 dev %1$s dst $peer ;; esac; done
                for peer in $wanted; do case " $(echo $have) " in *" $peer "*) ;; *) bridge fdb append 00:00:00:00:00:00 dev %1$s dst $peer ;; esac; done
                """.formatted(device, overlay.vni(), overlay.localAddress(), PORT, network.mtu(), network.bridge(), wanted);
    }

    /** Takes every VXLAN device off the bridge and away. */
    static String down(String bridge) {
        requireDevice(bridge);
        return """
                for port in $(ls /sys/class/net/%1$s/brif 2>/dev/null); do case "$port" in rsvx*) ip link del "$port" ;; esac; done
                """.formatted(bridge);
    }

    private static void requireAddress(String address) {
        if (!ADDRESS.matcher(address).matches()) {
            throw new HostFailure(HostFailure.Kind.REFUSED, "'%s' is no address of a host.".formatted(address));
        }
    }

    private static void requireDevice(String name) {
        if (!DEVICE.matcher(name).matches()) {
            throw new HostFailure(HostFailure.Kind.REFUSED, "'%s' is no name of a network device.".formatted(name));
        }
    }

    /** Only for tests: the peers of a script. */
    static List<String> peersIn(String script) {
        return script.lines().filter(line -> line.startsWith("wanted=")).flatMap(line -> List.of(line.replaceAll("wanted=|\"", "").strip().split(" ")).stream()).toList();
    }
}
