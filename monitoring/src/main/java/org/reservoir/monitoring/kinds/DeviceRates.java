package org.reservoir.monitoring.kinds;

import java.util.function.LongSupplier;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/** What a host's devices do in a second, by a file in which the kernel counts it for each. Who says which begins with {@link #begin}. */
abstract class DeviceRates implements Probe {
    final ProcFile file;
    final Devices devices;
    private final Schema schema;
    private final LongSupplier nanos;
    private long before;

    DeviceRates(Schema schema, ProcFile file, Devices devices, LongSupplier nanos) {
        this.schema = schema;
        this.file = file;
        this.devices = devices;
        this.nanos = nanos;
    }

    /** Adds all devices of the file, which was just read. */
    abstract void look();

    /** @param passed nanoseconds since the look before */
    abstract void rates(Row row, long passed);

    final void begin() {
        lookAnew();
        before = nanos.getAsLong();
    }

    private void lookAnew() {
        file.read();
        devices.begin();
        look();
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final void ended() {
        ProcFile.close(file);
    }

    @Override
    public final void measure(Row row) {
        lookAnew();
        long now = nanos.getAsLong();
        long passed = now - before;
        before = now;
        if (passed >= Rates.LEAST_NANOS) {
            rates(row, passed);
        }
    }
}
