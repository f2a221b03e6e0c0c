package org.reservoir.veem.kept;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostDriver;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;

/**
 * The open connections to hosts. A host is opened when it is first needed and stays open; opening one that does not answer
 * fails at once for everybody else who asks within the same attempt, and never holds up the others.
 */
public final class Fleet implements AutoCloseable {
    private final List<HostDriver> drivers;
    private final Map<HostId, Slot> slots = new ConcurrentHashMap<>();

    public Fleet(List<HostDriver> drivers) {
        this.drivers = List.copyOf(drivers);
    }

    /** One host's connection; its lock keeps two threads from opening it twice. */
    private static final class Slot {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile Optional<Opened> opened = Optional.empty();
    }

    private record Opened(HostAddress address, VeeHost host) {}

    /**
     * One whose options were changed since is opened anew; what others do with it at that moment fails as UNREACHABLE and is done again.
     * @throws HostFailure UNREACHABLE when it cannot be opened
     */
    public VeeHost open(HostId id, HostRequest request) {
        var slot = slots.computeIfAbsent(id, _ -> new Slot());
        var address = address(request);
        var now = slot.opened;
        if (now.isPresent() && now.get().address().equals(address)) {
            return now.get().host();
        }
        slot.lock.lock();
        try {
            var before = slot.opened;
            if (before.filter(opened -> opened.address().equals(address)).isEmpty()) {
                slot.opened = Optional.of(new Opened(address, driver(request.uri()).open(id, address)));
                before.map(Opened::host).ifPresent(VeeHost::close);
            }
            return slot.opened.orElseThrow().host();
        } finally {
            slot.lock.unlock();
        }
    }

    private static HostAddress address(HostRequest request) {
        return new HostAddress(request.uri(), request.options());
    }

    public Optional<VeeHost> ifOpen(HostId id) {
        return Optional.ofNullable(slots.get(id)).flatMap(slot -> slot.opened).map(Opened::host);
    }

    /** Opens a host that has no number yet, to find out what it is; the caller closes it. */
    public VeeHost tryOut(HostRequest request) {
        return driver(request.uri()).open(new HostId(Long.MAX_VALUE), address(request));
    }

    /** Of the driver that speaks to such a host. */
    public Set<String> options(HostRequest request) {
        return driver(request.uri()).options();
    }

    public Set<String> lastingOptions(HostRequest request) {
        return driver(request.uri()).lastingOptions();
    }

    /** The host's options as they may be shown. */
    public Map<String, String> shown(HostRequest request) {
        var shown = new HashMap<>(request.options());
        shown.replaceAll(driver(request.uri())::shown);
        return shown;
    }

    /** What tells it from every other host, where something does. @throws HostFailure when it cannot be asked */
    public Optional<String> identity(HostRequest request) {
        return driver(request.uri()).identity(address(request));
    }

    /** Whether the host's driver knows what wakes it. @throws HostFailure REFUSED when that is said wrongly */
    public boolean wakes(HostRequest request) {
        return driver(request.uri()).wakes(address(request));
    }

    public void wake(HostRequest request) {
        driver(request.uri()).wake(address(request));
    }

    public void forget(HostId id) {
        Optional.ofNullable(slots.remove(id)).flatMap(slot -> slot.opened).map(Opened::host).ifPresent(VeeHost::close);
    }

    private HostDriver driver(String uri) {
        return drivers.stream().filter(driver -> driver.takes(uri)).findFirst()
                .orElseThrow(() -> Refused.invalid("BAD_HOST_URI", "No driver speaks to '%s'.".formatted(uri),
                        "Write it like qemu:///system, qemu+ssh://root@host/system, qemu+tls://host/system, test:///default or sim://name."));
    }

    @Override
    public void close() {
        slots.keySet().forEach(this::forget);
    }
}
