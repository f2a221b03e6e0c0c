package org.reservoir.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Libvirt hosts on this machine, each in namespaces of its own (network, mounts, processes, host name) with its own libvirtd, on a bridge of
 * their own. Two runs side by side do not meet: names and the 10.77.x.0/24 network are unique to a run. Closing removes all of it; what a
 * killed process leaves behind is removed by the next one that makes hosts, or by {@code bin/testbed down}.
 *
 * <p>Needs root, QEMU, libvirt, tini and iproute2 ({@code bin/} scripts install them). A host is up in about half a second.
 */
public final class LibvirtHosts implements AutoCloseable {
    private final String run;
    private final List<TestHost> hosts;

    private LibvirtHosts(List<String> lines) {
        this.run = lines.getFirst().split(" ")[0];
        this.hosts = lines.stream().map(LibvirtHosts::host).toList();
    }

    /** Makes hosts that see each other by name and address; from 1 to 50. */
    public static LibvirtHosts up(int count) {
        return make(Integer.toString(count), "own");
    }

    /** One private libvirtd in the machine's own network, reached by {@link TestHost#socketUri()} only; qemu:///system is left alone. */
    public static LibvirtHosts onThisMachine() {
        return make("1", "shared");
    }

    private static LibvirtHosts make(String count, String net) {
        return new LibvirtHosts(HostsScript.call(List.of("up"), List.of(count, net, owner())).lines().toList());
    }

    /** A line of hosts.sh: run, name, address, directory. */
    private static TestHost host(String line) {
        String[] words = line.split(" ", 4);
        return new TestHost(words[1], words[2], Path.of(words[3]));
    }

    public List<TestHost> hosts() {
        return hosts;
    }

    /** The first host is number 1. */
    public TestHost host(int number) {
        return hosts.get(number - 1);
    }

    /** The name of all of them together, for {@link #down}. */
    public String run() {
        return run;
    }

    /** Whether this process owns any that are still there, or half made. */
    public static boolean any() {
        try (var runs = Files.newDirectoryStream(HostsScript.RUNS, run -> Files.exists(run.resolve("owner")))) {
            for (var run : runs) {
                if (Files.readString(run.resolve("owner")).startsWith(owner() + " ")) {
                    return true;
                }
            }
            return false;
        } catch (IOException _) {
            return false; // none was ever made, or not by this user
        }
    }

    private static String owner() {
        return Long.toString(ProcessHandle.current().pid());
    }

    /** Lets them outlive this process, until somebody calls {@link #down}. */
    public void keep() {
        HostsScript.call(List.of("keep"), List.of(run));
    }

    /** Removes the hosts of a run, whoever made them; none is no failure. */
    public static void down(String run) {
        HostsScript.call(List.of("down"), List.of(run));
    }

    @Override
    public void close() {
        down(run);
    }
}
