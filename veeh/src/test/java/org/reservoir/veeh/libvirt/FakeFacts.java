package org.reservoir.veeh.libvirt;

import java.util.Map;

import org.reservoir.libvirtrpc.HostCalls;

/** What a libvirtd in memory tells of its host. */
interface FakeFacts extends HostCalls, FakePart {
    @Override
    default String type() {
        call("type");
        return libvirtd().type;
    }

    @Override
    default String hostname() {
        call("hostname");
        return "fake";
    }

    @Override
    default long version() {
        return 7_002_022;
    }

    @Override
    default String capabilities() {
        call("capabilities");
        return libvirtd().capabilities;
    }

    @Override
    default Node node() {
        return new Node(4, 1 << 20, "x86_64");
    }

    @Override
    default void suspendHost(Sleep how, long seconds) {
        call("suspendHost " + how + " " + seconds);
    }

    @Override
    default Map<String, Long> processorTimes() {
        need("processorTimes");
        return Map.of("kernel", 1L, "user", libvirtd().ran);
    }

    @Override
    default long freeMemory() {
        return 3L << 30;
    }

    @Override
    default Map<String, Long> memoryStats() {
        need("memoryStats");
        return Map.of("free", 100L);
    }
}
