package org.reservoir.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One libvirt host made of namespaces. What is done to it is real: its libvirtd is killed or stopped by signals, its cable pulled, its
 * processes all killed at once. Calls return when the thing is done.
 *
 * @param name      its host name
 * @param address   its IPv4 address on the bridge between the hosts
 * @param directory what it keeps: {@code lib} is its /var/lib/libvirt, {@code log} its logs, {@code run} its /run. Other paths of this
 *                  machine are visible inside the host unchanged, so that images can be referred to where they are
 */
public record TestHost(String name, String address, Path directory) {
    /** Where libvirt listens to anybody on the bridge, without authentication; not for a host that shares the machine's network. */
    public String uri() {
        return "qemu+tcp://" + address + "/system";
    }

    /** The same libvirtd by its unix socket. */
    public String socketUri() {
        return "qemu+unix:///system?socket=" + directory.resolve("run/libvirt/libvirt-sock");
    }

    /** Put files here; inside the host (and in domain XML) they are in /var/lib/libvirt/images. */
    public Path images() {
        return directory.resolve("lib/images");
    }

    /** Its network namespace, as {@code ip netns} calls it. */
    public String netns() {
        return "rvt-%s-%s".formatted(directory.getParent().getFileName(), directory.getFileName().toString().substring(1));
    }

    /** Runs a command inside the host and gives its output; a failure is an error. */
    public String run(String... command) {
        return HostsScript.call(List.of("shell", directory.toString()), List.of(command));
    }

    /** The same on this machine itself, for hosts that share its network. */
    public static String onThisMachine(String... command) {
        return Command.of(Duration.ofMinutes(1), command).output();
    }

    /** {@code kill -9} of libvirtd; its guests run on. */
    public void kill() {
        script("daemon", "kill");
    }

    /** Stops libvirtd so that its connections stay open and nothing answers. */
    public void hang() {
        script("daemon", "hang");
    }

    public void resume() {
        script("daemon", "resume");
    }

    /** Kills libvirtd if it still runs, and starts it; it finds its guests again. */
    public void restart() {
        kill();
        script("daemon", "start");
    }

    /** Takes the power away: guests and daemons are gone; files stay. */
    public void powerOff() {
        script("halt");
    }

    /** Gives the power back after {@link #powerOff()}; libvirtd answers when this returns. */
    public void powerOn() {
        script("boot");
    }

    public void reboot() {
        powerOff();
        powerOn();
    }

    /** Pulls the network cable; connections hang, as they do in life. */
    public void cutNetwork() {
        script("cut");
    }

    public void mendNetwork() {
        script("mend");
    }

    private void script(String... command) {
        HostsScript.call(List.of(command), List.of(directory.toString()));
    }
}
