package org.reservoir.libvirtrpc;

import static org.reservoir.libvirtrpc.Procedure.*;

import java.util.Map;

/** What a host says of itself. */
public interface HostCalls extends Caller {

    record Node(int cpus, long memoryKib, String model) {}

    /** libvirt's word for its driver: {@code QEMU}, {@code TEST}, … */
    default String type() {
        return call(CONNECT_GET_TYPE, NOTHING, XdrReader::text);
    }

    default String hostname() {
        return call(CONNECT_GET_HOSTNAME, NOTHING, XdrReader::text);
    }

    /** Of the hypervisor: 7 002 022 is 7.2.22. */
    default long version() {
        return call(CONNECT_GET_VERSION, NOTHING, XdrReader::hyper);
    }

    default String capabilities() {
        return call(CONNECT_GET_CAPABILITIES, NOTHING, XdrReader::text);
    }

    default Node node() {
        return call(NODE_GET_INFO, NOTHING, in -> {
            var model = in.characters(32);
            long memory = in.hyper();
            return new Node(in.number(), memory, model);
        });
    }

    /** {@code kernel}, {@code user}, {@code idle}, {@code iowait}: nanoseconds since the host booted, over all CPUs. */
    default Map<String, Long> processorTimes() {
        int count = call(NODE_GET_CPU_STATS, out -> out.number(-1).number(0).number(0), HostCalls::count);
        return call(NODE_GET_CPU_STATS, out -> out.number(-1).number(count).number(0), XdrReader::fields);
    }

    /** {@code total}, {@code free}, {@code buffers}, {@code cached}, in KiB. */
    default Map<String, Long> memoryStats() {
        int count = call(NODE_GET_MEMORY_STATS, out -> out.number(0).number(-1).number(0), HostCalls::count);
        return call(NODE_GET_MEMORY_STATS, out -> out.number(count).number(-1).number(0), XdrReader::fields);
    }

    /** In bytes; what drivers without {@link #memoryStats} know. */
    default long freeMemory() {
        return call(NODE_GET_FREE_MEMORY, NOTHING, XdrReader::hyper);
    }

    /** How deep a host sleeps; in the order of libvirt's own numbers. */
    enum Sleep {
        /** Memory stays powered (S3). */ MEM,
        /** Memory is on disk, nothing is powered (S4). */ DISK,
        /** Both: on disk, and powered as long as there is power. */ HYBRID
    }

    /** Puts the whole host to sleep, some seconds after the answer. @param seconds after which its clock wakes it if nothing else did; 60 at least */
    default void suspendHost(Sleep how, long seconds) {
        call(NODE_SUSPEND_FOR_DURATION, out -> out.number(how.ordinal()).hyper(seconds).number(0));
    }

    /** Asked with room for nothing, libvirt says how many fields there are. */
    private static int count(XdrReader in) {
        in.fields();
        return in.number();
    }
}
