package org.reservoir.monitoring.kinds;

import java.util.function.LongSupplier;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/**
 * What the VEE's own hypervisor process says of it: memory, disks, processors kept waiting, pages dirtied, the progress of a
 * move. It asks one VEE and waits for it, on a thread and with a deadline of its own, so that one that hangs delays no other.
 */
final class VeeDetails implements Probe {
    private final VeeId vee;
    private final java.util.function.Supplier<HostSource> home;
    private final LongSupplier nanos;
    private final Figures figures = Figures.of("infra_vee_details")
            .level("memory", "vee.memory.bytes", "bytes").level("balloon", "vee.memory.given.bytes", "bytes").level("memory.unused", "vee.memory.unused.bytes", "bytes")
            .level("memory.usable", "vee.memory.usable.bytes", "bytes").level("memory.cached", "vee.memory.cached.bytes", "bytes")
            .perSecond("swapped.in", "vee.swap.in.bytes_per_second", "bytes_per_second").perSecond("swapped.out", "vee.swap.out.bytes_per_second", "bytes_per_second")
            .perSecond("faults", "vee.memory.faults_per_second", "per_second").level("dirtied", "vee.memory.dirtied.bytes_per_second", "bytes_per_second")
            .perSecond("disk.read", "vee.disk.read.bytes_per_second", "bytes_per_second").perSecond("disk.written", "vee.disk.written.bytes_per_second", "bytes_per_second")
            .perSecond("disk.reads", "vee.disk.reads_per_second", "per_second").perSecond("disk.writes", "vee.disk.writes_per_second", "per_second")
            .level("disk.allocated", "vee.disk.allocated.bytes", "bytes").level("cpus", "vee.cpus", "")
            .percentOfTime("cpu.waited", "vee.cpu.waited.percent").percentOfTime("cpu.delayed", "vee.cpu.delayed.percent")
            .level("move.total", "vee.move.bytes", "bytes").level("move.left", "vee.move.left.bytes", "bytes").end();
    private HostId asked;

    /** @param home the host on which it is now */
    VeeDetails(VeeId vee, java.util.function.Supplier<HostSource> home, LongSupplier nanos) {
        this.vee = vee;
        this.home = home;
        this.nanos = nanos;
    }

    @Override
    public Schema schema() {
        return figures.schema();
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public void measure(Row row) throws Exception {
        var host = home.get();
        if (!host.host().equals(asked)) {
            figures.rebase();
            asked = host.host();
        }
        figures.fill(row, host.details(vee), nanos.getAsLong());
    }
}
