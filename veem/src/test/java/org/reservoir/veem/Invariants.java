package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.SimulatedMachine;
import org.reservoir.veeh.simulated.SimulatedWorld;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.Lifecycle;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.work.Workshop;

/** What must be true at any moment, and what must be true when all has come to rest. */
final class Invariants {
    private Invariants() {}

    // ---- at any moment

    /** No VEE runs on two hosts, and no address or MAC is used by two. */
    static void always(SimulatedWorld world) {
        var homes = new HashMap<VeeId, String>();
        var users = new HashMap<String, VeeId>();
        for (var machine : world.machines()) {
            for (var vee : machine.guests()) {
                if (machine.stateOf(vee).filter(Workshop::runs).isPresent()) {
                    var other = homes.put(vee, machine.name());
                    if (other != null) {
                        throw new AssertionError("%s runs on %s and on %s".formatted(vee, other, machine.name()));
                    }
                    machine.guest(vee).ifPresent(guest -> guest.nics().forEach(nic -> {
                        take(users, nic.mac(), vee);
                        nic.addresses().forEach(address -> take(users, address, vee));
                    }));
                }
            }
        }
    }

    private static void take(HashMap<String, VeeId> users, String what, VeeId vee) {
        var other = users.put(what, vee);
        if (other != null && !other.equals(vee)) {
            throw new AssertionError("%s is used by %s and by %s".formatted(what, other, vee));
        }
    }

    // ---- at rest

    static void atRest(SteppedSite site) {
        var vees = site.vees();
        assertThat(site.world.audit(vees.stream().filter(vee -> vee.host().isPresent()).map(VeeRecord::id).collect(Collectors.toSet()))).as("what the hosts hold").isEmpty();
        var names = site.database().read(HostTable::all).stream().collect(Collectors.toMap(HostTable.HostRecord::id, HostTable.HostRecord::name));
        for (var vee : vees) {
            vee.host().ifPresent(host -> agree(site, vee, site.world.machine(names.get(host))));
            assertThat(vee.destination()).as("%s's destination", vee.id()).isEmpty();
            assertThat(vee.host().isPresent()).as("%s, %s, has a host", vee.id(), vee.state()).isEqualTo(Lifecycle.placed(vee.state()));
        }
        leases(site, vees);
        files(site, vees);
        uses(site, vees);
    }

    private static void agree(SteppedSite site, VeeRecord vee, SimulatedMachine machine) {
        var what = "%s, %s, on %s".formatted(vee.id(), vee.state(), machine.name());
        assertThat(machine.stateOf(vee.id())).as(what).hasValueSatisfying(state -> assertThat(state).as(what).isIn(states(vee.state())));
        Optional.ofNullable(site.written.get(vee.id())).ifPresent(content -> assertThat(machine.contentOf(vee.id(), 0)).as("disk 0 of " + what).contains(content));
        var guest = machine.guest(vee.id()).orElseThrow();
        assertThat(guest.disks()).extracting(disk -> disk.number() + " " + disk.size()).as("disks of " + what)
                .containsExactlyInAnyOrderElementsOf(vee.parts().disks().stream().map(disk -> disk.number() + " " + disk.size()).toList());
        assertThat(guest.nics()).extracting(nic -> nic.number() + " " + nic.mac() + " " + nic.addresses() + " " + nic.filters()).as("NICs of " + what)
                .containsExactlyInAnyOrderElementsOf(vee.parts().nics().stream().map(nic -> nic.number() + " " + nic.mac() + " " + nic.bareAddresses() + " " + nic.filters()).toList());
        assertThat(guest.memory()).as("memory of " + what).isEqualTo(vee.spec().memory());
        assertThat(machine.snapshotsOf(vee.id())).as("snapshots of " + what)
                .isEqualTo(vee.parts().snapshots().stream().map(taken -> taken.disk() < 0 ? taken.name() : taken.name() + "/" + taken.disk()).collect(Collectors.toSet()));
    }

    private static Set<GuestState> states(VeeState state) {
        return switch (state) {
            case RUNNING -> Set.of(GuestState.RUNNING);
            case SUSPENDED -> Set.of(GuestState.PAUSED);
            case STOPPED -> Set.of(GuestState.SAVED);
            case POWERED_OFF -> Set.of(GuestState.SHUT_OFF, GuestState.CRASHED);
            default -> Set.of();
        };
    }

    private static void leases(SteppedSite site, List<VeeRecord> vees) {
        var wanted = new TreeSet<String>();
        var macs = new TreeSet<String>();
        vees.forEach(vee -> vee.parts().nics().forEach(nic -> {
            macs.add("%s nic %d %s".formatted(vee.id(), nic.number(), nic.mac()));
            nic.bareAddresses().forEach(address -> wanted.add("%s nic %d %s".formatted(vee.id(), nic.number(), address)));
        }));
        assertThat(rows(site, "select 'vee-' || vee || ' nic ' || nic || ' ' || host(address) from veem.lease")).as("leases").isEqualTo(wanted);
        assertThat(rows(site, "select 'vee-' || vee || ' nic ' || nic || ' ' || mac from veem.mac")).as("MACs").isEqualTo(macs);
    }

    private static void uses(SteppedSite site, List<VeeRecord> vees) {
        var wanted = new TreeSet<String>();
        vees.forEach(vee -> vee.images().forEach(image -> wanted.add(vee.id() + " " + image)));
        assertThat(rows(site, "select 'vee-' || vee || ' image-' || image from veem.image_use")).as("images in use").isEqualTo(wanted);
    }

    private static Set<String> rows(SteppedSite site, String query) {
        return site.database().read(sql -> sql.createQuery(query).mapTo(String.class).set());
    }

    private static void files(SteppedSite site, List<VeeRecord> vees) {
        var wanted = new ArrayList<String>();
        vees.forEach(vee -> vee.parts().disks().stream().filter(Parts.DiskPart::kept).forEach(disk -> wanted.add("%s-disk-%d".formatted(vee.id(), disk.number()))));
        try (var files = Files.list(site.keptFolder())) {
            assertThat(files.map(file -> file.getFileName().toString()).toList()).as("kept disks").containsExactlyInAnyOrderElementsOf(wanted);
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    static Optional<HostId> elsewhere(SteppedSite site, VeeRecord vee) {
        return site.database().read(HostTable::all).stream().map(HostTable.HostRecord::id).filter(host -> !vee.hosts().contains(host)).findFirst();
    }
}
