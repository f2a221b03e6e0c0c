package org.reservoir.testbed.killed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.testbed.TestHost;

/** What the hosts hold, asked by {@code virsh} and {@code ls} and none of our code, against what the site says. */
record HostAudit(List<TestHost> hosts, String site) {
    private static final Map<VeeState, Set<String>> STATES = Map.of(VeeState.RUNNING, Set.of("running"), VeeState.SUSPENDED, Set.of("paused"),
            VeeState.STOPPED, Set.of("shut off"), VeeState.POWERED_OFF, Set.of("shut off"));

    /** At any moment: no guest runs on two hosts. */
    void noneRunsTwice() {
        var seen = new HashSet<String>();
        for (var host : hosts) {
            for (var name : names(host, "list", "--state-running", "--name")) {
                assertThat(seen.add(name)).as("%s runs on one host only", name).isTrue();
            }
        }
    }

    /** At rest: each VEE is where it is said to be, in the state it is said to be in, with its disks; and nothing else is there. */
    void agreesWith(SmallSite small) {
        var hostNames = new HashMap<org.reservoir.kernel.HostId, String>();
        for (Host host : small.veem.hosts().hosts(SmallSite.ADMIN, Page.Request.FIRST).items()) {
            hostNames.put(host.id(), host.name());
        }
        var placed = small.vees().stream().filter(vee -> vee.host().isPresent()).toList();
        for (var host : hosts) {
            var here = placed.stream().filter(vee -> hostNames.get(vee.host().orElseThrow()).equals(host.name())).toList();
            assertThat(states(host)).as("guests on %s", host.name()).satisfies(states -> {
                assertThat(states.keySet()).isEqualTo(here.stream().map(vee -> "reservoir-%s-%s".formatted(site, vee.id())).collect(Collectors.toCollection(TreeSet::new)));
                here.forEach(vee -> assertThat(states.get("reservoir-%s-%s".formatted(site, vee.id()))).as("%s, %s", vee.id(), vee.state()).isIn(STATES.getOrDefault(vee.state(), Set.of())));
            });
            assertThat(volumes(host)).as("disks on %s", host.name()).isEqualTo(disks(here));
            assertThat(filtered(host)).as("VEEs that %s has filters of", host.name()).isSubsetOf(here.stream().map(vee -> vee.id().toString()).toList());
        }
        leases(small);
    }

    private void leases(SmallSite small) {
        var network = small.veem.networks().networks(SmallSite.ADMIN, Page.Request.FIRST).items().getFirst();
        var nics = small.vees().stream().flatMap(vee -> vee.nics().stream()).flatMap(nic -> nic.addresses().stream()).toList();
        assertThat(nics).doesNotHaveDuplicates();
        assertThat(network.used()).as("leases").isEqualTo(nics.size());
    }

    /** When all VEEs have ended: nothing is left of them. */
    void isEmpty() {
        for (var host : hosts) {
            assertThat(states(host)).as("guests on %s", host.name()).isEmpty();
            assertThat(files(host)).as("files on %s", host.name()).isEmpty();
            assertThat(names(host, "net-list", "--all", "--name")).as("networks on %s", host.name()).noneMatch(name -> name.contains("-" + site + "-"));
            assertThat(Set.of(virsh(host, "nwfilter-list").split("\\s+"))).as("filters on %s", host.name()).noneMatch(name -> name.contains("-" + site + "-"));
        }
    }

    private TreeMap<String, String> states(TestHost host) {
        var states = new TreeMap<String, String>();
        names(host, "list", "--all", "--name").forEach(name -> states.put(name, virsh(host, "domstate", name)));
        return states;
    }

    private static TreeSet<String> disks(List<Vee> vees) {
        var disks = new TreeSet<String>();
        vees.forEach(vee -> vee.disks().forEach(disk -> disks.add("%s-disk-%d.qcow2".formatted(vee.id(), disk.number()))));
        return disks;
    }

    /** Of disks alone: the seed and what belongs to snapshots and saved states is libvirt's and the driver's affair until the VEE has ended. */
    private TreeSet<String> volumes(TestHost host) {
        var disk = Pattern.compile(Pattern.quote(site) + "-(vee-[0-9]+-disk-[0-9]+\\.qcow2)");
        return files(host).stream().map(disk::matcher).filter(java.util.regex.Matcher::matches).map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private TreeSet<String> filtered(TestHost host) {
        var filter = Pattern.compile("reservoir-" + Pattern.quote(site) + "-(vee-[0-9]+)-nic-[0-9]+");
        return Pattern.compile("\\s+").splitAsStream(virsh(host, "nwfilter-list")).map(filter::matcher).filter(java.util.regex.Matcher::matches).map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> files(TestHost host) {
        try (var files = Files.walk(host.directory().resolve("lib"))) {
            return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).filter(name -> name.startsWith(site + "-vee-")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(TestHost host, String... words) {
        return virsh(host, words).lines().map(String::strip).filter(name -> !name.isEmpty()).toList();
    }

    private static String virsh(TestHost host, String... words) {
        var all = new java.util.ArrayList<>(List.of("virsh", "-q", "-c", host.uri()));
        all.addAll(List.of(words));
        return TestHost.onThisMachine(all.toArray(String[]::new)).strip();
    }
}
