package org.reservoir.monitoring.kinds;

import java.util.function.Supplier;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/** What an agent inside the guest says, when there is one: room in its file systems, how many addresses it has. It is asked, not trusted. */
final class VeeInside implements Probe {
    private final VeeId vee;
    private final Supplier<HostSource> home;
    private final Figures figures = Figures.of("infra_vee_inside").level("disks", "vee.inside.disks.bytes", "bytes").level("disks.used", "vee.inside.disks.used.bytes", "bytes")
            .level("disks.fullest", "vee.inside.disks.fullest.percent", "percent").level("addresses", "vee.inside.addresses", "").end();

    VeeInside(VeeId vee, Supplier<HostSource> home) {
        this.vee = vee;
        this.home = home;
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
        figures.fill(row, home.get().inside(vee), 0);
    }
}
