package org.reservoir.monitoring.kinds;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Devices by their names as bytes, each with its counters as last seen. A device that appears is based anew, so that a disk
 * plugged in is no burst of reading; one whose counters fell began again. Makes garbage only for a name never seen before.
 */
final class Devices {
    /** More names than a host has; beyond, devices are not counted. */
    private static final int MOST = 4096;

    private static final class Device {
        final byte[] name;
        final boolean counted;
        final long[] before;
        boolean based;

        Device(byte[] name, boolean counted, int counters) {
            this.name = name;
            this.counted = counted;
            this.before = new long[counters];
        }
    }

    private final Predicate<String> counted;
    private final long[] grown;
    private final long[] values;
    private Device[] devices = new Device[8];
    private int count;
    private int hint;
    private long most;

    /** @param counted whether a device belongs to the sum @param counters of each device */
    Devices(Predicate<String> counted, int counters) {
        this.counted = counted;
        this.grown = new long[counters];
        this.values = new long[counters];
    }

    /** Begins a new look. */
    void begin() {
        Arrays.fill(grown, 0);
        most = 0;
        hint = 0;
    }

    /** Where the counters of the next device go. */
    long[] values() {
        return values;
    }

    /** Adds the device with this name and {@link #values}. @param busiest the counter whose greatest growth is kept, too */
    void add(byte[] bytes, int from, int to, int busiest) {
        var device = find(bytes, from, to);
        if (device == null || !device.counted) {
            return;
        }
        for (int i = 0; i < values.length; i++) {
            long growth = device.based ? Rates.growth(device.before[i], values[i]) : 0;
            grown[i] += growth;
            most = i == busiest ? Math.max(most, growth) : most;
            device.before[i] = values[i];
        }
        device.based = true;
    }

    /** What counter {@code i} grew, over all devices, since the look before. */
    long grown(int i) {
        return grown[i];
    }

    long most() {
        return most;
    }

    /** The kernel lists devices in the same order each time, so the next is nearly always where it was. */
    private Device find(byte[] bytes, int from, int to) {
        for (int tries = 0; tries < count; tries++) {
            int place = hint + tries < count ? hint + tries : hint + tries - count;
            if (Arrays.equals(devices[place].name, 0, devices[place].name.length, bytes, from, to)) {
                hint = place + 1 < count ? place + 1 : 0;
                return devices[place];
            }
        }
        return count < MOST ? meet(bytes, from, to) : null;
    }

    private Device meet(byte[] bytes, int from, int to) {
        var name = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        var device = new Device(Arrays.copyOfRange(bytes, from, to), counted.test(name), values.length);
        devices = count < devices.length ? devices : Arrays.copyOf(devices, count * 2);
        devices[count++] = device;
        return device;
    }
}
