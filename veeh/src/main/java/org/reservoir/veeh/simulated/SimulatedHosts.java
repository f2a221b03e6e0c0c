package org.reservoir.veeh.simulated;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostDriver;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;

/** Takes {@code sim://name?cpus=8&memory=16GiB&disk=1TiB}, also with {@code sleep=10s&wake=1m} ({@link Drowse}) and, where machines share their storage, {@code storage=NAME}; makes the machine when the world has none of that name. */
public final class SimulatedHosts implements HostDriver {
    private final SimulatedWorld world;

    /** Hosts of a world of their own, which is gone with this process. */
    public SimulatedHosts() {
        this(new SimulatedWorld(InstantSource.system()));
    }

    /** Hosts of a world that is kept in a folder: what was on them when the process ended is on them when the next one begins. */
    public SimulatedHosts(Path folder) {
        this(new SimulatedWorld(InstantSource.system()).keptIn(folder));
    }

    public SimulatedHosts(SimulatedWorld world) {
        this.world = world;
    }

    @Override
    public boolean takes(String uri) {
        return uri.startsWith("sim://");
    }

    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public VeeHost open(HostId id, HostAddress address) {
        return new SimulatedHost(world.connect(address.uri()), address.options());
    }

    @Override
    public Optional<String> identity(HostAddress address) {
        return Optional.of("sim " + MachineSize.nameIn(address.uri()));
    }

    @Override
    public boolean wakes(HostAddress address) {
        return true;
    }

    @Override
    public void wake(HostAddress address) {
        world.wake(MachineSize.nameIn(address.uri()));
    }
}
