package org.reservoir.bench.monitoring;

import java.util.SplittableRandom;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** What a hundred VEEs measure again and again: a qualified name, a share of a processor, and four counters. The same for all peers. */
final class Sample {
    static final int VEES = 100;
    static final long PERIOD = 1_000;
    private static final long GIB = 1L << 30;

    static final Schema SCHEMA = new Schema("infra_vee", java.util.List.of(
            Schema.Attribute.of("cpu.percent", ValueType.FLOAT), Schema.Attribute.of("cpu.total", ValueType.LONG), Schema.Attribute.of("mem.used", ValueType.LONG),
            Schema.Attribute.of("net.rx", ValueType.LONG), Schema.Attribute.of("net.tx", ValueType.LONG)));
    /** The same with the name in each measurement, as Lattice's probes have it. */
    static final Schema NAMED = new Schema("infra_vee", java.util.stream.Stream.concat(
            java.util.stream.Stream.of(Schema.Attribute.of("fqn", ValueType.STRING)), SCHEMA.attributes().stream()).toList());

    final String[] names = new String[VEES];
    final float[] percent = new float[VEES];
    final long[] cpu = new long[VEES];
    final long[] memory = new long[VEES];
    final long[] received = new long[VEES];
    final long[] sent = new long[VEES];
    private final SplittableRandom random = new SplittableRandom(7);
    long at = 1_790_000_000_000L;

    Sample() {
        for (int i = 0; i < VEES; i++) {
            names[i] = "es.tid.customers.sun.services.sge1.vees.veeexec.replicas.%03d".formatted(i);
            cpu[i] = random.nextLong(3_600_000_000_000L);
            memory[i] = random.nextLong(GIB / 1024, 4 * GIB / 1024);
            received[i] = random.nextLong(10 * GIB);
            sent[i] = random.nextLong(4 * GIB);
        }
    }

    /** A period later. */
    void step() {
        at += PERIOD;
        for (int i = 0; i < VEES; i++) {
            percent[i] = random.nextInt(10_000) / 100f;
            cpu[i] += (long) (percent[i] * 10_000_000);
            memory[i] += random.nextInt(-256, 256);
            received[i] += random.nextInt(400_000);
            sent[i] += random.nextInt(100_000);
        }
    }

    Row into(Row row, int vee) {
        return row.begin(at).set(0, percent[vee]).set(1, cpu[vee]).set(2, memory[vee]).set(3, received[vee]).set(4, sent[vee]);
    }

    Row named(Row row, int vee) {
        return row.begin(at).set(0, (Object) names[vee]).set(1, percent[vee]).set(2, cpu[vee]).set(3, memory[vee]).set(4, received[vee]).set(5, sent[vee]);
    }
}
