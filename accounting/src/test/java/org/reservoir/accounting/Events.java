package org.reservoir.accounting;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** Life-cycle events for tests: VEE 7 of service 5, component web, user 3, 2 CPUs, 4 GiB of memory and 10 GiB of disk unless said otherwise. */
final class Events {
    static final Instant T = Instant.parse("2026-11-24T12:00:00Z");
    static final Map<String, String> WEB = Map.of(VeeChanged.SERVICE_TAG, "service-5", VeeChanged.COMPONENT_TAG, "web");

    private Events() {}

    static VeeChanged event(long second, VeeState to) {
        return of(7, second, to, 2000, 4L << 30, WEB);
    }

    static VeeChanged sized(long second, VeeState to, int cpu, long memory) {
        return of(7, second, to, cpu, memory, WEB);
    }

    static VeeChanged tagged(long second, VeeState to, Map<String, String> tags) {
        return of(7, second, to, 2000, 4L << 30, tags);
    }

    /** An event of a later generation whose clock reads {@code second}. */
    static VeeChanged clockAt(long second, long generation, VeeState to) {
        var event = event(second, to);
        return new VeeChanged(event.vee(), event.name(), event.from(), to, event.host(), true, event.user(), event.group(), event.tags(), event.vcpus(),
                event.cpu(), event.memory(), event.disk(), generation, event.at(), "test");
    }

    static VeeChanged of(long vee, long second, VeeState to, int cpu, long memory, Map<String, String> tags) {
        return new VeeChanged(new VeeId(vee), "web-" + vee, Optional.empty(), to, Optional.of(new HostId(1)), true, new UserId(3), new GroupId(1), tags,
                2, cpu, memory, 10L << 30, second, T.plusSeconds(second), "test");
    }
}
