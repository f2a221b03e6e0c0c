package org.reservoir.monitoring.kinds;

import java.util.Map;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

/** Port: a host that can be asked about itself and its guests, without an agent on it. All calls may wait, fail or hang; who asks keeps a deadline. */
public interface HostSource {
    HostId host();

    /** What costs little and depends on no guest, of the host and all guests at once. */
    HostCounters look() throws Exception;

    /** What only this guest's own process can say: it costs more, and hangs when the guest hangs. Its keys are {@link VeeDetails}'; those that are unknown are left out. */
    Map<String, Long> details(VeeId vee) throws Exception;

    /** What an agent inside the guest says; empty when there is none: {@code disks}, {@code disks.used} bytes, {@code disks.fullest} percent, {@code addresses}. */
    Map<String, Long> inside(VeeId vee) throws Exception;
}
