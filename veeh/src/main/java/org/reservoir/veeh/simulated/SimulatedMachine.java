package org.reservoir.veeh.simulated;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.TrafficFilter;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.Ears;

/**
 * One machine of a {@link SimulatedWorld}: what is on it, and what a test can make happen to it. It outlives the sites that connect to it.
 * What sites may order is {@link SimulatedHost}'s part.
 */
public final class SimulatedMachine {
    private static final int TOMBSTONES = 1024;

    final String name;
    final MachineSize size;
    private final Optional<String> storage;
    final SimulatedWorld world;
    private final Optional<MachineFiles> files;
    final ReentrantLock lock = new ReentrantLock();
    final Map<VeeId, SimulatedGuest> guests = new HashMap<>();
    /** Disks of guests on their way here. */
    final Map<VeeId, SimulatedGuest> incoming = new HashMap<>(2);
    /** Disks of guests that somebody removed. */
    final Map<VeeId, SimulatedGuest> remains = new HashMap<>(2);
    final Map<String, ImageFile> images = new HashMap<>(4);
    /** Fingerprints of the images that left a simulated machine as disks. */
    final Map<String, Long> contents = new HashMap<>(2);
    final Map<String, Long> transfers = new HashMap<>(2);
    final Map<NetworkId, HostNetwork> networks = new HashMap<>(4);
    final Map<SecurityGroupId, TrafficFilter> filters = new HashMap<>(4);
    final Deque<Runnable> late = new ArrayDeque<>(2);
    final Ears ears;
    final Drowse drowse;
    volatile boolean cutOff;
    volatile CountDownLatch hang = new CountDownLatch(0);
    private final Map<VeeId, Long> erased = new LinkedHashMap<>(4) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<VeeId, Long> eldest) {
            return size() > TOMBSTONES;
        }
    };

    /** @param storage names what it shares with other machines of its world */
    SimulatedMachine(String name, MachineSize size, Optional<String> storage, Drowse drowse, SimulatedWorld world, Optional<MachineFiles> files) {
        this.name = name;
        this.storage = storage;
        this.drowse = drowse;
        this.size = size;
        this.world = world;
        this.files = files;
        this.ears = new Ears(world.deliveries());
        files.ifPresent(kept -> kept.load(this));
    }

    public String name() {
        return name;
    }

    // ---- what tests ask

    public Optional<GuestState> stateOf(VeeId vee) {
        return read(() -> Optional.ofNullable(guests.get(vee)).map(guest -> guest.state));
    }

    /** The guest as it was last ordered; seeds are left out unless the world keeps them. */
    public Optional<Guest> guest(VeeId vee) {
        return read(() -> Optional.ofNullable(guests.get(vee)).map(guest -> guest.made));
    }

    public Set<VeeId> guests() {
        return read(() -> new TreeSet<>(guests.keySet()));
    }

    /** Fingerprint of the bytes of a disk. */
    public Optional<Long> contentOf(VeeId vee, int disk) {
        return read(() -> Optional.ofNullable(guests.get(vee)).flatMap(guest -> guest.volume(disk)).map(Volume::content));
    }

    public Set<String> snapshotsOf(VeeId vee) {
        return read(() -> Optional.ofNullable(guests.get(vee)).map(guest -> Set.copyOf(guest.snapshots().keySet())).orElse(Set.of()));
    }

    public Optional<HostNetwork> network(NetworkId id) {
        return read(() -> Optional.ofNullable(networks.get(id)));
    }

    public Optional<TrafficFilter> filter(SecurityGroupId id) {
        return read(() -> Optional.ofNullable(filters.get(id)));
    }

    public Set<String> images() {
        return read(() -> Set.copyOf(images.keySet()));
    }

    public boolean asleep() {
        return drowse.asleep(now());
    }

    // ---- what tests make happen

    /** Somebody presses its button. */
    public void pressButton() {
        drowse.rise(now());
    }

    /** No call reaches the machine until {@link #reconnect()}; its guests go on. */
    public void cutOff() {
        cutOff = true;
        ears.tell(listener -> listener.connectionLost("cut off by the test"));
    }

    public void reconnect() {
        cutOff = false;
        ears.tell(listener -> listener.connectionRegained());
    }

    /** Every call waits until {@link #release()} or its patience ends. */
    public void hang() {
        hang = new CountDownLatch(1);
    }

    public void release() {
        hang.countDown();
    }

    /** Power off and on: running guests are lost, their disks and saved states stay. */
    public void reboot() {
        cutOff();
        locked(() -> guests.values().stream().filter(SimulatedGuest::alive).forEach(guest -> guest.cut(now())));
        reconnect();
    }

    /** The guest's process dies. */
    public void crash(VeeId vee) {
        change(vee, GuestState.CRASHED, "crashed");
    }

    /** Somebody with a shell on the machine pauses, saves, stops or starts the guest. */
    public void othersMake(VeeId vee, GuestState state) {
        change(vee, state, "by others");
    }

    /** The guest shuts itself down. */
    public void shutsItselfDown(VeeId vee) {
        change(vee, GuestState.SHUT_OFF, "shut down by the guest");
    }

    /** Somebody removes the guest behind the site's back, and its disks. */
    public void vanish(VeeId vee) {
        locked(() -> guests.remove(vee));
        ears.tell(listener -> listener.guestGone(vee));
    }

    /** Somebody removes the guest behind the site's back; its disks stay where they are. */
    public void loseDefinition(VeeId vee) {
        locked(() -> {
            var removed = guests.remove(vee);
            removed.become(GuestState.SHUT_OFF, now());
            remains.put(vee, removed);
        });
        ears.tell(listener -> listener.guestGone(vee));
    }

    /** What was asked by somebody who is gone is done only now, when the guest has been erased: disks without a guest. */
    public void leaveBehind(Guest guest) {
        locked(() -> {
            var disks = new SimulatedGuest(guest, 0, now());
            guest.disks().forEach(disk -> disks.put(fresh(disk)));
            remains.put(guest.vee(), disks);
        });
    }

    public void says(VeeId vee, String line) {
        ears.tell(listener -> listener.guestSaid(vee, line));
    }

    /** The guest no longer answers requests to shut down or reboot. */
    public void ignoresRequests(VeeId vee) {
        locked(() -> guests.get(vee).deaf = true);
    }

    /** Whether the guest, as long as it runs, lets go of no disk and no NIC. */
    public void clings(VeeId vee, boolean clings) {
        locked(() -> guests.get(vee).clings = clings);
    }

    /** How busy each virtual CPU of the guest is, 0 to 1. */
    public void load(VeeId vee, double load) {
        locked(() -> guests.get(vee).load(load, now()));
    }

    /** The guest writes to a disk. */
    public void writes(VeeId vee, int disk, long content) {
        locked(() -> guests.get(vee).put(guests.get(vee).volume(disk).orElseThrow().holding(content)));
    }

    /** Whatever was ordered and not answered happens now. */
    public void settle() {
        for (var work = nextLate(); work.isPresent(); work = nextLate()) {
            work.get().run();
        }
    }

    // ---- for SimulatedHost

    void keep(Call call) {
        files.ifPresent(kept -> kept.keep(this, call));
    }

    long newest(VeeId vee) {
        var guest = guests.containsKey(vee) ? guests.get(vee) : incoming.get(vee);
        return guest != null ? guest.generation : erased.getOrDefault(vee, 0L);
    }

    void bury(VeeId vee, long generation) {
        guests.remove(vee);
        incoming.remove(vee);
        remains.remove(vee);
        erased.put(vee, generation);
    }

    void cache(ImageFile image, Optional<Long> content) {
        images.put(image.digest(), image);
        content.ifPresent(known -> contents.put(image.digest(), known));
    }

    /** The disk as it is when it was just made. */
    Volume fresh(Disk disk) {
        var made = Volume.fresh(disk);
        return contents.containsKey(made.backing()) ? made.holding(contents.get(made.backing())) : made;
    }

    /** VEEs of which there is something, but no guest. */
    Set<VeeId> withoutGuest() {
        var some = new TreeSet<>(remains.keySet());
        some.addAll(incoming.keySet());
        some.removeAll(guests.keySet());
        return some;
    }

    List<SimulatedGuest> backedBy(String digest) {
        return guests.values().stream().filter(guest -> guest.volumes.stream().anyMatch(volume -> volume.backing().equals(digest))
                || guest.made.disks().stream().anyMatch(disk -> disk.image().filter(image -> image.digest().equals(digest)).isPresent())).toList();
    }

    Instant now() {
        return world.now();
    }

    <T> T read(java.util.function.Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable act) {
        lock.lock();
        try {
            act.run();
        } finally {
            lock.unlock();
        }
    }

    /** The other machines that see the same files. */
    List<SimulatedMachine> sharing() {
        return storage.isEmpty() ? List.of() : world.machines().stream().filter(other -> other != this && other.storage.equals(storage)).toList();
    }

    void loseFiles(VeeId vee) {
        Optional.ofNullable(guests.get(vee)).ifPresent(guest -> guest.volumes.clear());
        remains.remove(vee);
    }

    List<SimulatedGuest> everyGuest() {
        return new ArrayList<>(guests.values());
    }

    private Optional<Runnable> nextLate() {
        return read(() -> Optional.ofNullable(late.poll()));
    }

    private void change(VeeId vee, GuestState state, String why) {
        locked(() -> guests.get(vee).become(state, now()));
        ears.tell(listener -> listener.guestChanged(vee, state, why));
    }
}
