package org.reservoir.cli;

import static org.reservoir.cli.Call.TIMEOUT;
import static org.reservoir.cli.Call.WAIT;

import java.util.List;

/** Hosts. */
final class HostNoun {
    private static final String HOSTS = "/api/veeh/v1/hosts";
    private static final String HOST = HOSTS + "/{HOST}";
    private static final String WHICH = "By id (host-2 or 2) or name.";

    private HostNoun() {}

    static Noun noun() {
        return Noun.of("host", "What runs VEEs: libvirt hosts, simulated ones; for administrators.", () -> List.of(
                Call.list("List hosts.", HOSTS, "ID", "NAME", "STATE", "CPUS=capacity.cpu", "CPUS-PROMISED=promised.cpu",
                        "MEMORY=capacity.memory:size", "MEMORY-PROMISED=promised.memory:size", "VEES", "CLUSTER", "URI", "PROBLEM"),
                Call.show("Show a host and what was found out about it.", HOST).arg("HOST", WHICH),
                add(),
                change(),
                action("enable", "Let it take VEEs."),
                action("disable", "Let it keep its VEEs and take no more."),
                action("evacuate", "Move its VEEs away, live where possible.").options(WAIT, TIMEOUT),
                action("sleep", "Put a host without VEEs to sleep; it is woken when VEEs need it.").options(WAIT, TIMEOUT),
                action("wake", "Wake a host that sleeps.").options(WAIT, TIMEOUT),
                Verb.of("remove", "Forget a host without VEEs.", Call.send("DELETE", HOST).hint("Forgotten.")).arg("HOST", WHICH)));
    }

    private static Verb add() {
        return Verb.of("add", "Connect to a host, find out what it is, and keep it.", Call.send("POST", HOSTS).with("NAME", "name").with("URI", "uri")
                        .columns("ID", "NAME", "STATE", "CPUS=capacity.cpu", "MEMORY=capacity.memory:size", "URI"))
                .arg("NAME", "What you call it.").arg("URI", "qemu:///system, qemu+ssh://root@h/system, qemu+tls://h/system, qemu+tcp://h/system, test:///default, sim://NAME.")
                .options(kept())
                .example("host add local qemu:///system").example("host add rack1-n3 qemu+ssh://root@10.0.0.3/system --cluster rack1 --cpu-factor 4 --label rack=1");
    }

    private static Verb change() {
        return Verb.of("change", "Change how a host is kept; what is not named stays.", Call.send("PATCH", HOST)).arg("HOST", WHICH).options(kept())
                .options(Opt.texts("--no-label", "KEY", "Take this label away.", "noLabels"), Opt.texts("--no-option", "NAME", "Take this option away: what is the default holds again.", "noOptions"))
                .example("host change rack1-n3 --cpu-factor 2 --label rack=1").example("host change rack1-n3 --no-option bandwidth --no-label rack");
    }

    private static Opt[] kept() {
        return new Opt[] {
                Opt.text("--cluster", "NAME", "Hosts of one cluster share networks and policy; 'default' when never given.", "cluster"),
                Opt.number("--cpu-factor", "N", "Promised CPUs per real CPU; 1 when never given.", "cpuFactor"),
                Opt.number("--memory-factor", "N", "Promised memory per real memory; 1 when never given.", "memoryFactor"),
                Opt.text("--cpu-reserve", "SHARE", "CPUs kept for the host itself.", "cpuReserve"),
                Opt.text("--memory-reserve", "SIZE", "Memory kept for the host itself.", "memoryReserve"),
                Opt.pairs("--label", "For placement expressions.", "labels"), Opt.pairs("--option", "For the driver. Of libvirt: acceleration (kvm, emulated, auto), pool, folder, storage, shell, vtep, migration, bandwidth, shares, wake; see docs/reference/hosts.md.", "options")};
    }

    private static Verb action(String name, String summary) {
        return Verb.of(name, summary, Call.send("POST", HOST + "/actions/" + name).columns("ID", "NAME", "STATE", "VEES").waits(Waiting.HOST)).arg("HOST", WHICH);
    }
}
