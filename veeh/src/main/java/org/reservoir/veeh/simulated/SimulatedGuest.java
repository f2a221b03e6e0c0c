package org.reservoir.veeh.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;

/** A guest on a simulated machine; guarded by the machine's lock. Collections are made when first needed: there may be 100 000 of these. */
final class SimulatedGuest {
    Guest made;
    long generation;
    GuestState state = GuestState.SHUT_OFF;
    Instant since;
    List<Volume> volumes = new ArrayList<>(1);
    /** Whether it ended with its machine. */
    boolean unexplained;
    boolean deaf;
    boolean clings;
    double load = 0.02;
    private long cpuNanos;
    private Map<String, List<Volume>> snapshots;

    SimulatedGuest(Guest made, long generation, Instant now) {
        this.made = made;
        this.generation = generation;
        this.since = now;
    }

    static SimulatedGuest of(MachineFiles.KeptGuest kept) {
        var guest = new SimulatedGuest(kept.made(), kept.generation(), kept.since());
        guest.state = kept.state();
        guest.volumes = new ArrayList<>(kept.volumes());
        guest.cpuNanos = kept.cpuNanos();
        kept.snapshots().forEach(guest::keepSnapshot);
        return guest;
    }

    MachineFiles.KeptGuest kept() {
        return new MachineFiles.KeptGuest(made, generation, state, since, cpuNanos, volumes, snapshots());
    }

    boolean alive() {
        return state == GuestState.RUNNING || state == GuestState.PAUSED || state == GuestState.SHUTTING_DOWN;
    }

    void become(GuestState next, Instant now) {
        cpuNanos = next == GuestState.RUNNING && !alive() ? 0 : cpuNanos(now);
        state = next;
        since = now;
        unexplained = false;
    }

    /** Its machine is off. */
    void cut(Instant now) {
        become(GuestState.SHUT_OFF, now);
        unexplained = true;
    }

    void load(double next, Instant now) {
        cpuNanos = cpuNanos(now);
        since = now;
        load = next;
    }

    long cpuNanos(Instant now) {
        return state != GuestState.RUNNING ? cpuNanos
                : cpuNanos + (long) (Duration.between(since, now).toNanos() * load * made.vcpus());
    }

    Optional<Volume> volume(int disk) {
        for (var volume : volumes) {
            if (volume.disk() == disk) {
                return Optional.of(volume);
            }
        }
        return Optional.empty();
    }

    void put(Volume volume) {
        volumes.removeIf(other -> other.disk() == volume.disk());
        volumes.add(volume);
    }

    Map<String, List<Volume>> snapshots() {
        return snapshots == null ? Map.of() : snapshots;
    }

    void keepSnapshot(String name, List<Volume> kept) {
        if (snapshots == null) {
            snapshots = new HashMap<>(2);
        }
        snapshots.put(name, List.copyOf(kept));
    }

    void dropSnapshot(String name) {
        if (snapshots != null) {
            snapshots.remove(name);
        }
    }

    /** The guest as it arrives on another machine: the same memory, disks and snapshots. */
    SimulatedGuest moved(long newGeneration, Instant now) {
        var there = new SimulatedGuest(made, newGeneration, now);
        there.state = state;
        there.volumes = new ArrayList<>(volumes);
        there.deaf = deaf;
        there.clings = clings;
        there.load = load;
        there.snapshots = snapshots == null ? null : new HashMap<>(snapshots);
        return there;
    }
}
