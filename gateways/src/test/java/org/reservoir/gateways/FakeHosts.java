package org.reservoir.gateways;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.interfaces.vhi.Console;
import org.reservoir.interfaces.vhi.ScreenAddress;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.GuestReport;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostChange;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** Hosts in memory, for administrators alone; one at "nowhere" does not answer. */
public final class FakeHosts implements Hosts {
    private static final Ownership ADMINISTRATORS = new Ownership(new UserId(1), new GroupId(1), Ownership.PRIVATE);

    private final FakeVmi vmi;
    private final Shelf<Host> hosts = new Shelf<>("host", "host", Host::name, _ -> ADMINISTRATORS);

    private final Set<EchoConsole> consoles = ConcurrentHashMap.newKeySet();

    FakeHosts(FakeVmi vmi) {
        this.vmi = vmi;
    }

    int openConsoles() {
        return consoles.size();
    }

    List<Host> all() {
        return hosts.all();
    }

    @Override
    public synchronized Host add(Caller caller, HostRequest request) {
        requireAdministrator(caller);
        hosts.requireFree(request.name());
        if (request.uri().contains("nowhere")) {
            throw Refused.unavailable("HOST_UNREACHABLE", "%s does not answer.".formatted(request.uri()), "Is libvirtd running there?");
        }
        var host = new Host(new HostId(hosts.next()), request.name(), request.uri(), Host.State.ENABLED, Optional.empty(), Map.of("hypervisor", "fake"),
                Set.of("live-migration"), new Capacity(Cpus.of(8), DataSize.gibibytes(16), DataSize.gibibytes(100)), Capacity.NONE, 0, request.cluster(),
                request.labels(), Host.Kept.of(request, request.options()), Optional.of(FakeVmi.NOW));
        return hosts.keep(host.id().value(), host);
    }

    @Override
    public synchronized Host host(Caller caller, HostId host) {
        requireAdministrator(caller);
        return hosts.usable(caller, host.value(), host);
    }

    @Override
    public synchronized Page<Host> hosts(Caller caller, Page.Request page) {
        requireAdministrator(caller);
        return hosts.page(page, _ -> true);
    }

    @Override
    public synchronized Host change(Caller caller, HostId id, HostRequest request) {
        var host = host(caller, id);
        return hosts.keep(id.value(), new Host(id, host.name(), host.uri(), host.state(), Optional.empty(), host.facts(), host.features(), host.capacity(),
                host.promised(), host.vees(), request.cluster(), request.labels(), Host.Kept.of(request, request.options()), host.lastSeen()));
    }

    @Override
    public synchronized Host change(Caller caller, HostId id, HostChange change) {
        var host = host(caller, id);
        var kept = host.kept();
        return change(caller, id, change.of(new HostRequest(host.name(), host.uri(), host.cluster(), kept.cpuFactor(), kept.memoryFactor(), kept.cpuReserve(), kept.memoryReserve(), host.labels(), kept.options())));
    }

    @Override
    public Host enable(Caller caller, HostId host) {
        return in(caller, host, Host.State.ENABLED);
    }

    @Override
    public Host disable(Caller caller, HostId host) {
        return in(caller, host, Host.State.DISABLED);
    }

    @Override
    public Host evacuate(Caller caller, HostId host) {
        return in(caller, host, Host.State.EVACUATING);
    }

    @Override
    public Host sleep(Caller caller, HostId host) {
        return in(caller, host, Host.State.FALLING_ASLEEP);
    }

    @Override
    public Host wake(Caller caller, HostId host) {
        return in(caller, host, Host.State.WAKING);
    }

    private synchronized Host in(Caller caller, HostId id, Host.State state) {
        var host = host(caller, id);
        return hosts.keep(id.value(), new Host(id, host.name(), host.uri(), state, Optional.empty(), host.facts(), host.features(), host.capacity(),
                host.promised(), host.vees(), host.cluster(), host.labels(), host.kept(), host.lastSeen()));
    }

    @Override
    public synchronized void remove(Caller caller, HostId host) {
        host(caller, host);
        if (vmi.vees().all().stream().anyMatch(vee -> vee.host().equals(Optional.of(host)) && vee.state() != VeeState.TERMINATED)) {
            throw Refused.conflict("HOST_IN_USE", "%s has VEEs.".formatted(host), "Evacuate it first.");
        }
        hosts.remove(host.value());
    }

    @Override
    public Console console(Caller caller, VeeId vee) {
        vmi.vees().vee(caller, vee);
        return new EchoConsole(consoles);
    }

    @Override
    public Optional<ScreenAddress> screen(Caller caller, VeeId vee) {
        return vmi.vees().vee(caller, vee).state() == VeeState.RUNNING ? Optional.of(new ScreenAddress("vnc", "127.0.0.1", 5900)) : Optional.empty();
    }

    @Override
    public GuestReport guest(Caller caller, VeeId vee) {
        return vmi.vees().vee(caller, vee).state() == VeeState.RUNNING
                ? new GuestReport(true, Optional.of("guest"), Optional.empty(), List.of(new GuestReport.Interface("eth0", Optional.empty(), List.of("10.0.0.2/24"))))
                : GuestReport.SILENT;
    }

    private static void requireAdministrator(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may see hosts.", "");
        }
    }
}
