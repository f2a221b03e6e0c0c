package org.reservoir.veeh.simulated;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.reservoir.kernel.VeeId;

/** Looks for what must never be in a world: guests lost, doubled or leaked, volumes without owner or image, addresses given twice. */
final class Audit {
    private final List<String> findings = new ArrayList<>();
    private final Map<VeeId, String> homes = new HashMap<>();
    private final Map<String, VeeId> macs = new HashMap<>();
    private final Map<String, VeeId> addresses = new HashMap<>();

    private Audit() {}

    static List<String> of(Collection<SimulatedMachine> machines) {
        var audit = new Audit();
        machines.forEach(machine -> machine.locked(() -> audit.visit(machine)));
        return List.copyOf(audit.findings);
    }

    static List<String> of(Collection<SimulatedMachine> machines, Set<VeeId> expected) {
        var audit = new Audit();
        machines.forEach(machine -> machine.locked(() -> audit.visit(machine)));
        audit.compare(expected);
        return List.copyOf(audit.findings);
    }

    private void visit(SimulatedMachine machine) {
        machine.guests.forEach((vee, guest) -> visit(machine, vee, guest));
        machine.incoming.keySet().forEach(vee -> find("%s keeps disks of %s from a move that never ended", machine.name, vee));
        machine.remains.keySet().forEach(vee -> find("%s keeps disks of %s, whose guest somebody removed", machine.name, vee));
    }

    private void visit(SimulatedMachine machine, VeeId vee, SimulatedGuest guest) {
        var other = homes.putIfAbsent(vee, machine.name);
        if (other != null) {
            find("%s is both on %s and on %s", vee, other, machine.name);
        }
        checkDisks(machine, vee, guest);
        if (guest.alive()) {
            checkNics(machine, vee, guest);
        }
    }

    private void checkDisks(SimulatedMachine machine, VeeId vee, SimulatedGuest guest) {
        for (var volume : guest.volumes) {
            if (!volume.backing().isEmpty() && !machine.images.containsKey(volume.backing())) {
                find("disk %d of %s on %s lost its image %s", volume.disk(), vee, machine.name, volume.backing());
            }
            if (guest.made.disks().stream().noneMatch(disk -> disk.number() == volume.disk())) {
                find("%s has volume %d of %s, which has no such disk", machine.name, volume.disk(), vee);
            }
        }
        if (guest.alive()) {
            guest.made.disks().stream().filter(disk -> guest.volume(disk.number()).isEmpty())
                    .forEach(disk -> find("%s runs on %s without its disk %d", vee, machine.name, disk.number()));
        }
    }

    private void checkNics(SimulatedMachine machine, VeeId vee, SimulatedGuest guest) {
        for (var nic : guest.made.nics()) {
            if (!machine.networks.containsKey(nic.network())) {
                find("%s on %s is plugged into %s, which is not there", vee, machine.name, nic.network());
            }
            nic.filters().stream().filter(filter -> !machine.filters.containsKey(filter))
                    .forEach(filter -> find("%s on %s runs without its filter %s", vee, machine.name, filter));
            taken(macs, nic.network() + " " + nic.mac(), vee);
            nic.addresses().forEach(address -> taken(addresses, nic.network() + " " + address, vee));
        }
    }

    private void taken(Map<String, VeeId> owners, String what, VeeId vee) {
        var other = owners.putIfAbsent(what, vee);
        if (other != null && !other.equals(vee)) {
            find("%s is used by %s and by %s", what, other, vee);
        }
    }

    private void compare(Set<VeeId> expected) {
        var lost = new TreeSet<>(expected);
        lost.removeAll(homes.keySet());
        lost.forEach(vee -> find("%s is on no machine", vee));
        homes.forEach((vee, machine) -> {
            if (!expected.contains(vee)) {
                find("%s is left over on %s", vee, machine);
            }
        });
    }

    private void find(String sentence, Object... values) {
        findings.add(sentence.formatted(values));
    }
}
