package org.reservoir.kernel;

/** CPU, memory and disk together: what a host has, what a VEE asks for, what a quota allows. */
public record Capacity(Cpus cpu, DataSize memory, DataSize disk) {
    public static final Capacity NONE = new Capacity(Cpus.ZERO, DataSize.ZERO, DataSize.ZERO);

    public Capacity plus(Capacity other) {
        return new Capacity(cpu.plus(other.cpu), memory.plus(other.memory), disk.plus(other.disk));
    }
}
