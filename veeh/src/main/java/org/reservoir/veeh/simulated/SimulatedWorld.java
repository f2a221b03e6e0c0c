package org.reservoir.veeh.simulated;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.kernel.VeeId;

/**
 * The machines that simulated hosts connect to, with their clock, pace and faults. Tests and benches keep it while sites come and go,
 * and ask it afterwards whether all is as it must be.
 */
public final class SimulatedWorld {
    private final Map<String, SimulatedMachine> machines = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final Executor deliveries;
    private final AtomicInteger halves = new AtomicInteger();
    private volatile Pace pace = Pace.NONE;
    private volatile Faults faults = Faults.NONE;
    private volatile boolean keepsSeeds;
    private Optional<Path> folder = Optional.empty();

    /** Tells events on virtual threads, as real hosts do. */
    public SimulatedWorld(InstantSource clock) {
        this(clock, work -> Thread.ofVirtual().name("simulated-events").start(work));
    }

    /** @param deliveries where listeners are called; {@code Runnable::run} makes events part of the call that causes them, for repeatable runs */
    public SimulatedWorld(InstantSource clock, Executor deliveries) {
        this.clock = clock;
        this.deliveries = deliveries;
    }

    public SimulatedWorld pace(Pace next) {
        pace = next;
        return this;
    }

    public SimulatedWorld faults(Faults next) {
        faults = next;
        return this;
    }

    /** Machines remember the seed files of their guests from now on. */
    public SimulatedWorld keepingSeeds() {
        keepsSeeds = true;
        return this;
    }

    /** What is ordered of its machines is written into the folder from now on, and what was written there before is on them. */
    public SimulatedWorld keptIn(Path where) {
        folder = Optional.of(where);
        return this;
    }

    /** A machine that is there already or was connected to. */
    public SimulatedMachine machine(String name) {
        var machine = machines.get(name);
        if (machine == null) {
            throw new IllegalStateException("no machine %s among %s".formatted(name, machines.keySet()));
        }
        return machine;
    }

    public Collection<SimulatedMachine> machines() {
        return machines.values();
    }

    /** On which machines the VEE is, running or not. */
    public List<SimulatedMachine> machinesOf(VeeId vee) {
        return machines.values().stream().filter(machine -> machine.stateOf(vee).isPresent()).toList();
    }

    /** Whatever was ordered and not answered happens now, on every machine. */
    public void settle() {
        machines.values().forEach(SimulatedMachine::settle);
    }

    /** What must never be, in sentences; empty when all is well. Ask when no order is under way. */
    public List<String> audit() {
        return Audit.of(machines.values());
    }

    /** The same, and that exactly {@code expected} are there: nobody lost, nobody left over. */
    public List<String> audit(Set<VeeId> expected) {
        return Audit.of(machines.values(), expected);
    }

    SimulatedMachine connect(String uri) {
        var name = MachineSize.nameIn(uri);
        var machine = machines.computeIfAbsent(name, _ -> new SimulatedMachine(name, MachineSize.in(uri), Optional.ofNullable(MachineSize.given(uri).get("storage")), Drowse.in(uri), this,
                folder.map(world -> new MachineFiles(world, name))));
        if (machine.cutOff || machine.asleep()) {
            throw new HostFailure(HostFailure.Kind.UNREACHABLE, "%s is %s.".formatted(name, machine.cutOff ? "cut off" : "asleep"));
        }
        return machine;
    }

    /** The packet goes out; whether it arrives is another question. */
    void wake(String name) {
        var machine = machines.get(name);
        var call = new Call(name, Verb.WAKE, Optional.empty());
        switch (faults.strike(call)) {
            case UNREACHABLE -> throw new HostFailure(HostFailure.Kind.UNREACHABLE, "No connection for %s.".formatted(call));
            case NONE, TIMED_OUT_DONE, EVENTS_LOST -> Optional.ofNullable(machine).ifPresent(it -> it.drowse.wake(now()));
            case TIMED_OUT_UNDONE, TIMED_OUT_LATE, HALF_DONE, NO_ROOM, BUSY -> { }
        }
    }

    Executor deliveries() {
        return deliveries;
    }

    Instant now() {
        return clock.instant();
    }

    Pace pace() {
        return pace;
    }

    Faults faults() {
        return faults;
    }

    /** After how many steps the next order that breaks half way breaks: 0, 1, 2, 0, … */
    int nextHalf() {
        return Math.floorMod(halves.getAndIncrement(), 3);
    }

    boolean keepsSeeds() {
        return keepsSeeds;
    }
}
