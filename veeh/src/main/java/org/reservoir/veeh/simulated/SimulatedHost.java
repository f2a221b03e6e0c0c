package org.reservoir.veeh.simulated;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;

/** One site's connection to a simulated machine. Does to the machine's state what a real host would do, in microseconds. */
final class SimulatedHost implements VeeHost {
    private final SimulatedMachine machine;
    private final Map<String, String> options;
    private final Orders orders;

    SimulatedHost(SimulatedMachine machine, Map<String, String> options) {
        this.machine = machine;
        this.options = options;
        this.orders = new Orders(machine);
    }

    // ---- what there is

    @Override
    public HostFacts facts() {
        var labels = new HashMap<String, String>();
        options.forEach((key, value) -> {
            if (key.startsWith("label.")) {
                labels.put(key.substring("label.".length()), value);
            }
        });
        return orders.call(Verb.FACTS, _ -> new HostFacts(machine.name, "sim 1", "x86_64", machine.size.cpus(), machine.size.capacity(),
                HostFacts.Acceleration.NONE,
                machine.drowse.features(), labels));
    }

    @Override
    public Census census() {
        return orders.call(Verb.CENSUS, _ -> {
            var seen = new ArrayList<Census.Sighting>(machine.guests.size());
            machine.guests.forEach((vee, guest) -> seen.add(new Census.Sighting(vee, guest.generation, guest.state, guest.unexplained)));
            return new Census(seen, machine.withoutGuest(), Set.of(), List.of());
        });
    }

    @Override
    public HostReading reading() {
        return orders.call(Verb.READING, _ -> {
            var now = machine.now();
            var readings = new ArrayList<HostReading.GuestReading>(machine.guests.size());
            long busy = 0;
            for (var guest : machine.everyGuest()) {
                busy += guest.cpuNanos(now);
                if (guest.alive()) {
                    readings.add(new HostReading.GuestReading(guest.made.vee(), guest.state != GuestState.PAUSED, guest.cpuNanos(now), 0, 0));
                }
            }
            return new HostReading(now, busy, machine.size.memory().minus(Checks.memoryInUse(machine)), Checks.diskFree(machine), readings);
        });
    }

    @Override
    public GuestFigures figures(VeeId vee, Duration patience) {
        return orders.call(Verb.READING, _ -> {
            var guest = Checks.find(machine, vee);
            return new GuestFigures(!guest.alive() ? Map.of() : Map.of("memory", guest.made.memory().bytes(), "balloon", guest.made.memory().bytes(),
                    "cpus", (long) guest.made.vcpus(), "disk.read", 0L, "disk.written", 0L));
        });
    }

    @Override
    public Optional<GuestInside> inside(VeeId vee) {
        return Optional.empty();
    }

    @Override
    public Subscription watch(HostListener listener) {
        return machine.ears.add(listener);
    }

    // ---- images, disks, networks

    @Override
    public void ensureImage(ImageFile image, ByteSource source, Progress progress) {
        orders.call(Verb.ENSURE_IMAGE, course -> {
            if (!machine.images.containsKey(image.digest())) {
                machine.transfers.put(image.digest(), image.length() / 2);
                course.step();
                machine.transfers.remove(image.digest());
                machine.cache(image, ExportedDisk.contentIn(source));
                progress.at(image.length(), image.length());
            }
            return null;
        });
    }

    @Override
    public List<String> cachedImages() {
        return orders.call(Verb.CACHED_IMAGES, _ -> List.copyOf(machine.images.keySet()));
    }

    @Override
    public boolean dropImage(String digest) {
        return orders.call(Verb.DROP_IMAGE, _ -> {
            machine.transfers.remove(digest);
            boolean free = machine.backedBy(digest).isEmpty();
            if (free) {
                machine.images.remove(digest);
                machine.contents.remove(digest);
            }
            return free;
        });
    }

    @Override
    public void ensureNetwork(HostNetwork network) {
        orders.call(Verb.ENSURE_NETWORK, _ -> machine.networks.put(network.id(), network));
    }

    @Override
    public void dropNetwork(NetworkId network) {
        orders.call(Verb.DROP_NETWORK, _ -> {
            Checks.unused(machine, network, made -> made.nics().stream().anyMatch(nic -> nic.network().equals(network)));
            return machine.networks.remove(network);
        });
    }

    @Override
    public void ensureFilter(TrafficFilter filter) {
        orders.call(Verb.ENSURE_FILTER, _ -> machine.filters.put(filter.id(), filter));
    }

    @Override
    public void dropFilter(SecurityGroupId group) {
        orders.call(Verb.DROP_FILTER, _ -> {
            Checks.unused(machine, group, made -> made.nics().stream().anyMatch(nic -> nic.filters().contains(group)));
            return machine.filters.remove(group);
        });
    }

    // ---- the life of a guest

    @Override
    public void prepare(Order order, Guest guest) {
        orders.carryOut(Verb.PREPARE, order, course -> orders.makeReady(course, order, guest));
    }

    @Override
    public void importDisk(Order order, Guest guest, int disk, ByteSource source, Progress progress) {
        long content = ExportedDisk.contentIn(source)
                .orElseThrow(() -> Checks.refuse(Kind.CORRUPT, "The bytes of disk %d of %s never left a simulated machine.", disk, order.vee()));
        orders.carryOut(Verb.IMPORT_DISK, order, _ -> {
            var held = orders.held(order, guest);
            Checks.still(held, "take a disk");
            held.put(machine.fresh(guest.disk(disk)).holding(content));
            progress.at(source.length(), source.length());
        });
    }

    @Override
    public void start(Order order, Guest guest) {
        orders.carryOut(Verb.START, order, course -> {
            orders.makeReady(course, order, guest);
            orders.boot(course, order.vee(), "started");
        });
    }

    @Override
    public void restore(Order order, Guest guest) {
        orders.onGuest(Verb.RESTORE, order, (course, held) -> {
            if (held.state != GuestState.SAVED && !held.alive()) {
                throw Checks.refuse(Kind.REFUSED, "%s has no saved state on %s.", order.vee(), machine.name);
            }
            orders.boot(course, order.vee(), "restored");
        });
    }

    @Override
    public void pause(Order order) {
        orders.onRunning(Verb.PAUSE, order, (course, held) -> orders.become(course, held, GuestState.PAUSED, "paused"));
    }

    @Override
    public void unpause(Order order) {
        orders.onRunning(Verb.UNPAUSE, order, (course, held) -> orders.become(course, held, GuestState.RUNNING, "continued"));
    }

    @Override
    public void save(Order order) {
        orders.onGuest(Verb.SAVE, order, (course, held) -> {
            if (held.state != GuestState.SAVED) {
                Checks.alive(held, "be saved");
                orders.become(course, held, GuestState.SAVED, "saved");
            }
        });
    }

    @Override
    public void shutdown(Order order, boolean hard) {
        orders.onGuest(Verb.SHUTDOWN, order, (course, held) -> {
            if (held.alive()) {
                Checks.hearing(held, hard);
                orders.become(course, held, GuestState.SHUT_OFF, hard ? "ended" : "shut down");
            } else if (held.state == GuestState.CRASHED) {
                orders.become(course, held, GuestState.SHUT_OFF, "cleared");
            }
        });
    }

    @Override
    public void reboot(Order order, boolean hard) {
        orders.onRunning(Verb.REBOOT, order, (course, held) -> {
            Checks.hearing(held, hard);
            orders.become(course, held, GuestState.RUNNING, "rebooted");
        });
    }

    /** On machines that share their storage the files of the guest are gone at all of them. */
    @Override
    public void erase(Order order) {
        withdraw(order);
        machine.sharing().forEach(other -> other.locked(() -> other.loseFiles(order.vee())));
    }

    @Override
    public void withdraw(Order order) {
        orders.carryOut(Verb.ERASE, order, course -> {
            var held = machine.guests.get(order.vee());
            if (held != null) {
                held.become(GuestState.SHUT_OFF, machine.now());
                course.step();
                held.volumes.clear();
                course.step();
            }
            machine.bury(order.vee(), order.generation());
            if (held != null) {
                course.tell(listener -> listener.guestGone(order.vee()));
            }
        });
    }

    @Override
    public void migrate(Order order, Guest guest, VeeHost destination, Migration migration, Progress progress) {
        if (!(destination instanceof SimulatedHost there) || !canMigrateTo(destination)) {
            throw Checks.refuse(Kind.UNSUPPORTED, "%s cannot move %s to %s.", machine.name, order.vee(), destination);
        }
        Course.<Void>between(orders.reachable(), there.orders.reachable(), Verb.MIGRATE, order, course -> {
            new SimulatedMove(machine, there.machine, order, guest).go(course);
            return null;
        });
        progress.at(1, 1);
    }

    @Override
    public boolean canMigrateTo(VeeHost destination) {
        return destination instanceof SimulatedHost other && other.machine != machine && other.machine.world == machine.world;
    }

    // ---- changing a guest

    @Override
    public void resize(Order order, Guest guest) {
        orders.onGuest(Verb.RESIZE, order, (_, held) -> {
            if (held.alive() && (guest.vcpus() > held.made.maxVcpus() || guest.memory().compareTo(held.made.maxMemory()) > 0)) {
                throw Checks.refuse(Kind.ONLY_WHEN_OFF, "%s runs and was made for at most %d CPUs and %s.", order.vee(), held.made.maxVcpus(),
                        held.made.maxMemory());
            }
            if (guest.vcpus() < held.made.vcpus() || guest.memory().compareTo(held.made.memory()) < 0) {
                Checks.lettingGo(held, "CPUs or memory beyond", guest.vcpus());
            }
            held.made = orders.kept(guest);
        });
    }

    @Override
    public void attachDisk(Order order, Guest guest, int disk) {
        orders.onGuest(Verb.ATTACH_DISK, order, (course, held) -> {
            guest.disk(disk).image().ifPresent(image -> Checks.image(machine, image));
            if (held.volume(disk).isEmpty()) {
                held.put(machine.fresh(guest.disk(disk)));
                course.step();
            }
            held.made = orders.kept(guest);
        });
    }

    @Override
    public void detachDisk(Order order, Guest guest, int disk) {
        orders.onGuest(Verb.DETACH_DISK, order, (course, held) -> {
            if (held.made.disks().stream().anyMatch(other -> other.number() == disk)) {
                Checks.lettingGo(held, "disk", disk);
            }
            held.made = Orders.withoutDisk(held.made, disk);
            course.step();
            held.volumes.removeIf(volume -> volume.disk() == disk);
        });
    }

    @Override
    public void resizeDisk(Order order, Guest guest, int disk) {
        orders.onGuest(Verb.RESIZE_DISK, order, (_, held) -> {
            var volume = Checks.volume(held, disk);
            if (guest.disk(disk).size().compareTo(volume.size()) < 0) {
                throw Checks.refuse(Kind.UNSUPPORTED, "Disk %d of %s cannot shrink from %s to %s.", disk, order.vee(), volume.size(), guest.disk(disk).size());
            }
            held.put(volume.sized(guest.disk(disk).size()));
            held.made = orders.kept(guest);
        });
    }

    @Override
    public void attachNic(Order order, Guest guest, int nic) {
        orders.onGuest(Verb.ATTACH_NIC, order, (_, held) -> {
            Checks.surroundings(machine, guest);
            held.made = orders.kept(guest);
        });
    }

    @Override
    public void detachNic(Order order, Guest guest, int nic) {
        orders.onGuest(Verb.DETACH_NIC, order, (_, held) -> {
            if (held.made.nics().stream().anyMatch(other -> other.number() == nic)) {
                Checks.lettingGo(held, "NIC", nic);
            }
            held.made = Orders.withoutNic(held.made, nic);
        });
    }

    @Override
    public void snapshot(Order order, Guest guest, SnapshotWork work) {
        orders.onGuest(Verb.SNAPSHOT, order, (_, held) -> {
            var name = work.disk().isPresent() ? work.name() + "/" + work.disk().getAsInt() : work.name();
            switch (work.verb()) {
                case TAKE -> held.keepSnapshot(name, work.disk().isPresent() ? List.of(Checks.volume(held, work.disk().getAsInt())) : held.volumes);
                case REVERT -> Optional.ofNullable(held.snapshots().get(name))
                        .orElseThrow(() -> Checks.refuse(Kind.REFUSED, "%s has no snapshot %s.", order.vee(), name)).forEach(held::put);
                case DELETE -> held.dropSnapshot(name);
            }
        });
    }

    @Override
    public void exportDisk(Order order, Guest guest, int disk, boolean flat, ByteSink sink, Progress progress) {
        var bytes = new AtomicReference<byte[]>();
        orders.carryOut(Verb.EXPORT_DISK, order, _ -> {
            var remains = machine.remains.get(order.vee());
            var volume = Checks.volume(remains != null ? remains : Checks.find(machine, order.vee()), disk);
            bytes.set(flat ? ExportedDisk.qcow2(volume.content(), volume.size()) : ExportedDisk.bare(volume.content()));
        });
        try (OutputStream out = sink.open()) {
            out.write(bytes.get());
            progress.at(bytes.get().length, bytes.get().length);
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "The export of disk %d of %s broke: %s".formatted(disk, order.vee(), broken.getMessage()), broken);
        }
    }

    // ---- the host itself

    @Override
    public void sleep() {
        orders.call(Verb.SLEEP, _ -> {
            if (!machine.drowse.able()) {
                throw Checks.refuse(Kind.UNSUPPORTED, "%s cannot sleep.", machine.name);
            }
            machine.drowse.sleep(machine.now());
            return null;
        });
    }

    @Override
    public void leave() {
        // a machine in memory was given nothing
    }

    // ---- people and the guest's own voice

    @Override
    public Console console(VeeId vee) {
        return orders.call(Verb.CONSOLE, _ -> {
            Checks.alive(Checks.find(machine, vee), "show a console");
            return new Greeting(new ByteArrayInputStream(("simulated console of " + vee + "\r\n").getBytes()), new ByteArrayOutputStream());
        });
    }

    private record Greeting(InputStream output, OutputStream input) implements Console {
        @Override
        public void close() {}
    }

    @Override
    public Optional<ScreenAddress> screen(VeeId vee) {
        return orders.call(Verb.SCREEN, _ -> Optional.of(Checks.find(machine, vee)).filter(SimulatedGuest::alive).map(_ -> new ScreenAddress("vnc", machine.name, 5900)));
    }

    @Override
    public Optional<String> askAgent(VeeId vee, String json) {
        return orders.call(Verb.ASK_AGENT, _ -> Optional.of(Checks.find(machine, vee)).filter(held -> held.alive() && held.made.agent() && !held.deaf).map(_ -> "{\"return\":{}}"));
    }

    @Override
    public void close() {
        orders.close();
    }

    @Override
    public String toString() {
        return "sim://" + machine.name;
    }
}
