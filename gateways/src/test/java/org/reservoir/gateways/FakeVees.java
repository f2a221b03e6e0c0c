package org.reservoir.gateways;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/** VEEs in memory: what they are told happens at once, but for {@link FakeVmi#looksUntilRunning}. */
public final class FakeVees implements Vees {
    private final FakeVmi vmi;
    private final Shelf<Vee> vees = new Shelf<>("vee", "VEE", Vee::name, Vee::ownership);
    private final Map<Long, Integer> looks = new HashMap<>();
    private final Map<Long, List<Vee.Past>> pasts = new HashMap<>();
    private final Set<VeeId> ready = ConcurrentHashMap.newKeySet();

    FakeVees(FakeVmi vmi) {
        this.vmi = vmi;
    }

    List<Vee> all() {
        return vees.all();
    }

    boolean saidReady(VeeId vee) {
        return ready.contains(vee);
    }

    @Override
    public synchronized List<Vee> create(Caller caller, List<VeeSpec> specs) {
        vmi.defect.ifPresent(failure -> {
            throw failure;
        });
        if (vees.all().size() + specs.size() > vmi.quota) {
            throw Refused.exhausted("QUOTA_EXCEEDED", "%s may have %d VEEs.".formatted(caller.name(), vmi.quota), "Terminate some, or ask for more.");
        }
        var names = new HashSet<String>();
        for (var spec : specs) {
            if (!names.add(spec.name()) || vees.all().stream().anyMatch(vee -> vee.name().equals(spec.name()) && vee.state() != VeeState.TERMINATED)) {
                throw vees.taken(spec.name());
            }
        }
        specs.forEach(vmi.licences()::require);
        return specs.stream().map(spec -> made(caller, spec)).toList();
    }

    private Vee made(Caller caller, VeeSpec spec) {
        var id = new VeeId(vees.next());
        var disks = new ArrayList<Vee.DiskStatus>();
        for (var disk : spec.disks()) {
            disks.add(new Vee.DiskStatus(disks.size(), disk.image(), disk.size().orElse(DataSize.gibibytes(1)), disk.bus().orElse("virtio"), disk.readOnly()));
        }
        var nics = new ArrayList<Vee.NicStatus>();
        for (var nic : spec.nics()) {
            nics.add(new Vee.NicStatus(nics.size(), nic.network(), "02:00:00:00:00:0" + nics.size(), List.of("10.0.0." + (10 + id.value())), nic.filters()));
        }
        var state = spec.hold() ? VeeState.HELD : vmi.looksUntilRunning > 0 ? VeeState.PENDING : VeeState.RUNNING;
        var vee = new Vee(id, spec.name(), Ownership.privateTo(caller), state, Optional.empty(), spec,
                state == VeeState.RUNNING ? vmi.hosts().all().stream().map(Host::id).findFirst() : Optional.empty(), Optional.empty(), 1,
                state == VeeState.RUNNING && !spec.readyGate(), disks, nics, List.of(), Optional.empty(), false, FakeVmi.NOW, FakeVmi.NOW);
        vees.keep(id.value(), vee);
        pasts.put(id.value(), new ArrayList<>(List.of(new Vee.Past(FakeVmi.NOW, state, Optional.empty(), "created", caller.name()))));
        return vee;
    }

    @Override
    public synchronized Vee vee(Caller caller, VeeId vee) {
        var found = vees.usable(caller, vee.value(), vee);
        if (found.state() == VeeState.PENDING && looks.merge(vee.value(), 1, Integer::sum) >= vmi.looksUntilRunning) {
            return kept(in(found, VeeState.RUNNING));
        }
        return found;
    }

    @Override
    public synchronized Page<Vee> vees(Caller caller, Vees.Filter filter, Page.Request page) {
        return vees.page(page, vee -> vee.ownership().allows(caller, Right.USE)
                && (filter.states().isEmpty() || filter.states().contains(vee.state()))
                && (filter.includeTerminated() || vee.state() != VeeState.TERMINATED)
                && filter.host().map(host -> vee.host().equals(Optional.of(host))).orElse(true)
                && filter.name().map(vee.name()::equals).orElse(true)
                && filter.tags().stream().allMatch(tag -> vee.spec().tags().entrySet().stream().anyMatch(entry -> tag.equals(entry.getKey() + "=" + entry.getValue()))));
    }

    @Override
    public synchronized Vee act(Caller caller, VeeId id, VeeAction action) {
        var vee = vee(caller, id);
        if (vee.state() == VeeState.TERMINATED) {
            throw wrong(vee, action);
        }
        return kept(switch (action) {
            case VeeAction.Suspend _ -> in(from(vee, action, VeeState.RUNNING), VeeState.SUSPENDED);
            case VeeAction.Stop _ -> in(from(vee, action, VeeState.RUNNING), VeeState.STOPPED);
            case VeeAction.PowerOff _ -> in(from(vee, action, VeeState.RUNNING), VeeState.POWERED_OFF);
            case VeeAction.Resume _ -> in(from(vee, action, VeeState.SUSPENDED, VeeState.STOPPED, VeeState.POWERED_OFF), VeeState.RUNNING);
            case VeeAction.Release _ -> in(from(vee, action, VeeState.HELD), VeeState.RUNNING);
            case VeeAction.Terminate _ -> in(vee, VeeState.TERMINATED);
            case VeeAction.Rename(var name) -> new Vee(vee.id(), name, vee.ownership(), vee.state(), vee.doing(), vee.spec().named(name), vee.host(),
                    vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(), vee.problem(), false, vee.created(), FakeVmi.NOW);
            case VeeAction.Resize(var vcpus, var cpu, var memory) -> new Vee(vee.id(), vee.name(), vee.ownership(), vee.state(), vee.doing(),
                    vee.spec().sized(vcpus, cpu, memory), vee.host(), vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(),
                    vee.problem(), false, vee.created(), FakeVmi.NOW);
            case VeeAction.Annotate(var tags, var notes) -> new Vee(vee.id(), vee.name(), vee.ownership(), vee.state(), vee.doing(),
                    vee.spec().noted(tags, notes), vee.host(), vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(),
                    vee.problem(), false, vee.created(), FakeVmi.NOW);
            case VeeAction.Own(var ownership) -> new Vee(vee.id(), vee.name(), ownership, vee.state(), vee.doing(), vee.spec(), vee.host(),
                    vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(), vee.problem(), false, vee.created(), FakeVmi.NOW);
            default -> vee;
        });
    }

    private static Vee from(Vee vee, VeeAction action, VeeState... states) {
        if (!Set.of(states).contains(vee.state())) {
            throw wrong(vee, action);
        }
        return vee;
    }

    private static Refused wrong(Vee vee, VeeAction action) {
        return Refused.conflict("WRONG_STATE", "%s is %s; %s cannot be done.".formatted(vee.id(), vee.state(), action.getClass().getSimpleName()),
                "See 'reservoir vee show %s'.".formatted(vee.id()));
    }

    private static Vee in(Vee vee, VeeState state) {
        return new Vee(vee.id(), vee.name(), vee.ownership(), state, Optional.empty(), vee.spec(), vee.host(), Optional.empty(), vee.generation() + 1,
                state == VeeState.RUNNING, vee.disks(), vee.nics(), vee.snapshots(), Optional.empty(), false, vee.created(), FakeVmi.NOW);
    }

    private Vee kept(Vee vee) {
        vees.keep(vee.id().value(), vee);
        pasts.get(vee.id().value()).add(new Vee.Past(FakeVmi.NOW, vee.state(), vee.host(), "asked for", "somebody"));
        return vee;
    }

    @Override
    public synchronized List<Vee.Past> history(Caller caller, VeeId vee) {
        return List.copyOf(pasts.get(vee(caller, vee).id().value()));
    }

    @Override
    public synchronized List<WhyNot> explain(Caller caller, VeeId vee) {
        vee(caller, vee);
        return vmi.hosts().all().stream().map(host -> new WhyNot(host.id(), host.name(), List.of("too little free memory"))).toList();
    }

    @Override
    public synchronized Conflict conflict(Caller caller, VeeId vee) {
        return new Conflict(List.of(vee(caller, vee).name()), List.of("group db is --apart"), List.of("without --apart for group db", "no more than 1 of them"));
    }

    @Override
    public synchronized void guestReady(VeeId vee) {
        ready.add(vee);
    }

    @Override
    public synchronized boolean knowsSecret(VeeId vee, String secret) {
        return vees.has(vee.value()) && secret.equals(FakeVmi.secretOf(vee));
    }
}
