package org.reservoir.gateways;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.Console;
import org.reservoir.interfaces.vhi.ScreenAddress;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.GuestReport;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Images;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.TemplateId;
import org.reservoir.kernel.VeeId;

/**
 * A virtualisation layer in memory, in which everything happens at once: for tests of what speaks to VMI. It obeys ownership and refuses
 * what a real one refuses, so far as those tests need. {@code quota} bounds the VEEs of everybody together.
 */
public final class FakeVmi implements Vmi, Vees, Images, Networks, Templates, Hosts {
    public static final Instant NOW = Instant.parse("2026-11-24T14:00:00Z");

    public int quota = Integer.MAX_VALUE;
    /** What the next request fails with; a defect, for tests of how defects are told. */
    public Optional<RuntimeException> defect = Optional.empty();
    /** Stays {@code DEPLOYING} this many looks before it runs. */
    public int looksUntilRunning;

    private final Set<EchoConsole> consoles = java.util.concurrent.ConcurrentHashMap.newKeySet();
    private final TreeMap<Long, Vee> vees = new TreeMap<>();
    private final TreeMap<Long, Image> images = new TreeMap<>();
    private final Map<Long, java.io.ByteArrayOutputStream> contents = new HashMap<>();
    private final TreeMap<Long, Network> networks = new TreeMap<>();
    private final TreeMap<Long, SecurityGroup> securityGroups = new TreeMap<>();
    private final TreeMap<Long, Template> templates = new TreeMap<>();
    private final TreeMap<Long, Host> hosts = new TreeMap<>();
    private final Leases leases = new FakeLeases(this);
    private final FakePlacements placements = new FakePlacements();
    private final Map<Long, Integer> looks = new HashMap<>();
    private final Map<Long, List<Vee.Past>> pasts = new HashMap<>();
    private final Map<Long, Boolean> ready = new HashMap<>();

    @Override
    public Vees vees() {
        return this;
    }

    @Override
    public Images images() {
        return this;
    }

    @Override
    public Networks networks() {
        return this;
    }

    @Override
    public Templates templates() {
        return this;
    }

    @Override
    public Hosts hosts() {
        return this;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public FakePlacements placements() {
        return placements;
    }

    /** A secret for the guest of {@code vee}. */
    public static String secretOf(VeeId vee) {
        return "secret-of-" + vee;
    }

    public int openConsoles() {
        return consoles.size();
    }

    public synchronized boolean saidReady(VeeId vee) {
        return ready.containsKey(vee.value());
    }

    public synchronized byte[] contentOf(ImageId image) {
        return contents.get(image.value()).toByteArray();
    }

    @Override
    public synchronized List<Vee> create(Caller caller, List<VeeSpec> specs) {
        defect.ifPresent(failure -> {
            throw failure;
        });
        if (vees.size() + specs.size() > quota) {
            throw Refused.exhausted("QUOTA_EXCEEDED", "%s may have %d VEEs.".formatted(caller.name(), quota), "Terminate some, or ask for more.");
        }
        var names = new java.util.HashSet<String>();
        for (var spec : specs) {
            if (!names.add(spec.name()) || vees.values().stream().anyMatch(vee -> vee.name().equals(spec.name()) && vee.state() != VeeState.TERMINATED)) {
                throw taken("VEE", spec.name());
            }
        }
        return specs.stream().map(spec -> made(caller, spec)).toList();
    }

    private Vee made(Caller caller, VeeSpec spec) {
        var id = new VeeId(next(vees));
        var disks = new ArrayList<Vee.DiskStatus>();
        for (var disk : spec.disks()) {
            disks.add(new Vee.DiskStatus(disks.size(), disk.image(), disk.size().orElse(DataSize.gibibytes(1)), disk.bus().orElse("virtio"), disk.readOnly()));
        }
        var nics = new ArrayList<Vee.NicStatus>();
        for (var nic : spec.nics()) {
            nics.add(new Vee.NicStatus(nics.size(), nic.network(), "02:00:00:00:00:0" + nics.size(), List.of("10.0.0." + (10 + id.value())), nic.filters()));
        }
        var state = spec.hold() ? VeeState.HELD : looksUntilRunning > 0 ? VeeState.PENDING : VeeState.RUNNING;
        var vee = new Vee(id, spec.name(), Ownership.privateTo(caller), state, Optional.empty(), spec,
                state == VeeState.RUNNING ? hosts.values().stream().map(Host::id).findFirst() : Optional.empty(), Optional.empty(), 1,
                state == VeeState.RUNNING && !spec.readyGate(), disks, nics, List.of(), Optional.empty(), false, NOW, NOW);
        vees.put(id.value(), vee);
        pasts.put(id.value(), new ArrayList<>(List.of(new Vee.Past(NOW, state, Optional.empty(), "created", caller.name()))));
        return vee;
    }

    @Override
    public synchronized Vee vee(Caller caller, VeeId vee) {
        var found = usable(caller, vees, vee.value(), Vee::ownership, "vee", vee);
        if (found.state() == VeeState.PENDING && looks.merge(vee.value(), 1, Integer::sum) >= looksUntilRunning) {
            return kept(in(found, VeeState.RUNNING));
        }
        return found;
    }

    @Override
    public synchronized Page<Vee> vees(Caller caller, Vees.Filter filter, Page.Request page) {
        return page(vees, page, "vee", vee -> vee.ownership().allows(caller, Right.USE)
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
                    vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(), vee.problem(), false, vee.created(), NOW);
            case VeeAction.Resize(var vcpus, var cpu, var memory) -> new Vee(vee.id(), vee.name(), vee.ownership(), vee.state(), vee.doing(),
                    vee.spec().sized(vcpus, cpu, memory), vee.host(), vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(),
                    vee.problem(), false, vee.created(), NOW);
            case VeeAction.Annotate(var tags, var notes) -> new Vee(vee.id(), vee.name(), vee.ownership(), vee.state(), vee.doing(),
                    vee.spec().noted(tags, notes), vee.host(), vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(),
                    vee.problem(), false, vee.created(), NOW);
            case VeeAction.Own(var ownership) -> new Vee(vee.id(), vee.name(), ownership, vee.state(), vee.doing(), vee.spec(), vee.host(),
                    vee.destination(), vee.generation(), vee.ready(), vee.disks(), vee.nics(), vee.snapshots(), vee.problem(), false, vee.created(), NOW);
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
                state == VeeState.RUNNING, vee.disks(), vee.nics(), vee.snapshots(), Optional.empty(), false, vee.created(), NOW);
    }

    private Vee kept(Vee vee) {
        vees.put(vee.id().value(), vee);
        pasts.get(vee.id().value()).add(new Vee.Past(NOW, vee.state(), vee.host(), "asked for", "somebody"));
        return vee;
    }

    @Override
    public synchronized List<Vee.Past> history(Caller caller, VeeId vee) {
        return List.copyOf(pasts.get(vee(caller, vee).id().value()));
    }

    @Override
    public synchronized List<WhyNot> explain(Caller caller, VeeId vee) {
        vee(caller, vee);
        return hosts.values().stream().map(host -> new WhyNot(host.id(), host.name(), List.of("too little free memory"))).toList();
    }

    @Override
    public synchronized Conflict conflict(Caller caller, VeeId vee) {
        return new Conflict(List.of(vee(caller, vee).name()), List.of("group db is --apart"), List.of("without --apart for group db", "no more than 1 of them"));
    }

    @Override
    public synchronized void guestReady(VeeId vee) {
        ready.put(vee.value(), true);
    }

    @Override
    public synchronized boolean knowsSecret(VeeId vee, String secret) {
        return vees.containsKey(vee.value()) && secret.equals(secretOf(vee));
    }

    @Override
    public synchronized Image request(Caller caller, ImageRequest request) {
        requireFree(images, Image::name, "image", request.name());
        var state = request.source().isPresent() ? Image.State.READY : Image.State.IMPORTING;
        var image = new Image(new ImageId(next(images)), request.name(), Ownership.privateTo(caller), request.kind(), state, request.persistent(),
                Optional.empty(), request.format().orElse("qcow2"), DataSize.mebibytes(4), DataSize.gibibytes(1), DataSize.ZERO, 0, Optional.empty(), NOW, Optional.empty());
        contents.put(image.id().value(), new java.io.ByteArrayOutputStream());
        return keep(images, image.id().value(), image);
    }

    @Override
    public synchronized DataSize upload(Caller caller, ImageId id, long offset, InputStream bytes, boolean last) {
        var image = image(caller, id);
        var content = contents.get(id.value());
        if (offset != content.size()) {
            throw Refused.conflict("WRONG_OFFSET", "%d bytes of %s have arrived, not %d.".formatted(content.size(), id, offset), "Go on from there.");
        }
        try {
            bytes.transferTo(content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        keep(images, id.value(), new Image(id, image.name(), image.ownership(), image.kind(), last ? Image.State.READY : Image.State.IMPORTING,
                image.persistent(), Optional.empty(), image.format(), DataSize.bytes(content.size()), image.virtualSize(), DataSize.bytes(content.size()), 0,
                Optional.empty(), NOW, Optional.empty()));
        return DataSize.bytes(content.size());
    }

    @Override
    public synchronized Image image(Caller caller, ImageId image) {
        var seen = usable(caller, images, image.value(), Image::ownership, "image", image);
        seen.wantedSize().ifPresent(size -> keep(images, image.value(), grownFurther(seen, size)));
        return seen;
    }

    /** Half of it each time that somebody looks. */
    private static Image grownFurther(Image image, DataSize size) {
        var done = image.done().plus(new DataSize(image.length().bytes() / 2));
        return done.equals(image.length()) ? growing(image, size, done, Optional.empty()) : growing(image, image.virtualSize(), done, Optional.of(size));
    }

    @Override
    public synchronized Page<Image> images(Caller caller, Page.Request page) {
        return page(images, page, "image", image -> image.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized Image copy(Caller caller, ImageId image, String name) {
        return request(caller, new ImageRequest(name, image(caller, image).kind(), Optional.of("copy"), Optional.empty(), Optional.empty(), false));
    }

    @Override
    public synchronized Image rename(Caller caller, ImageId id, String name) {
        var image = image(caller, id);
        return keep(images, id.value(), new Image(id, name, image.ownership(), image.kind(), image.state(), image.persistent(), image.digest(), image.format(),
                image.length(), image.virtualSize(), image.done(), 0, Optional.empty(), NOW, Optional.empty()));
    }

    @Override
    public synchronized Image own(Caller caller, ImageId id, Ownership ownership) {
        var image = image(caller, id);
        return keep(images, id.value(), new Image(id, image.name(), ownership, image.kind(), image.state(), image.persistent(), image.digest(), image.format(),
                image.length(), image.virtualSize(), image.done(), 0, Optional.empty(), NOW, Optional.empty()));
    }

    @Override
    public synchronized Image resize(Caller caller, ImageId id, DataSize size) {
        var image = image(caller, id);
        return keep(images, id.value(), growing(image, image.virtualSize(), DataSize.ZERO, Optional.of(size)));
    }

    private static Image growing(Image image, DataSize now, DataSize done, Optional<DataSize> wanted) {
        return new Image(image.id(), image.name(), image.ownership(), image.kind(), image.state(), image.persistent(), image.digest(), image.format(),
                image.length(), now, done, 0, Optional.empty(), NOW, wanted);
    }

    @Override
    public synchronized void delete(Caller caller, ImageId image) {
        image(caller, image);
        if (vees.values().stream().anyMatch(vee -> vee.disks().stream().anyMatch(disk -> disk.image().equals(Optional.of(image))))) {
            throw Refused.conflict("IMAGE_IN_USE", "%s is used by VEEs.".formatted(image), "Terminate them first.");
        }
        images.remove(image.value());
    }

    @Override
    public synchronized Network create(Caller caller, NetworkSpec spec) {
        requireFree(networks, Network::name, "network", spec.name());
        var network = new Network(new NetworkId(next(networks)), spec.name(), Ownership.privateTo(caller), spec, 0, 250);
        return keep(networks, network.id().value(), network);
    }

    @Override
    public synchronized Network network(Caller caller, NetworkId network) {
        return usable(caller, networks, network.value(), Network::ownership, "network", network);
    }

    @Override
    public synchronized Page<Network> networks(Caller caller, Page.Request page) {
        return page(networks, page, "network", network -> network.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized Network.Leases leases(Caller caller, NetworkId network) {
        network(caller, network);
        return new Network.Leases(List.of(new Network.LeaseStatus("10.0.0.2", "02:00:00:00:00:02", Optional.empty(), Optional.of("printer"))));
    }

    @Override
    public synchronized String reserve(Caller caller, NetworkId network, Optional<String> address, String note) {
        network(caller, network);
        return address.orElse("10.0.0.9");
    }

    @Override
    public synchronized void release(Caller caller, NetworkId network, String address) {
        network(caller, network);
    }

    @Override
    public synchronized Network own(Caller caller, NetworkId id, Ownership ownership) {
        var network = network(caller, id);
        return keep(networks, id.value(), new Network(id, network.name(), ownership, network.spec(), network.used(), network.free()));
    }

    @Override
    public synchronized void delete(Caller caller, NetworkId network) {
        network(caller, network);
        networks.remove(network.value());
    }

    @Override
    public synchronized SecurityGroup createGroup(Caller caller, String name, List<SecurityGroup.Rule> rules) {
        requireFree(securityGroups, SecurityGroup::name, "security group", name);
        var group = new SecurityGroup(new SecurityGroupId(next(securityGroups)), name, Ownership.privateTo(caller), rules);
        return keep(securityGroups, group.id().value(), group);
    }

    @Override
    public synchronized SecurityGroup changeGroup(Caller caller, SecurityGroupId id, List<SecurityGroup.Rule> rules) {
        var group = group(caller, id);
        return keep(securityGroups, id.value(), new SecurityGroup(id, group.name(), group.ownership(), rules));
    }

    @Override
    public synchronized SecurityGroup group(Caller caller, SecurityGroupId group) {
        return usable(caller, securityGroups, group.value(), SecurityGroup::ownership, "secgroup", group);
    }

    @Override
    public synchronized Page<SecurityGroup> groups(Caller caller, Page.Request page) {
        return page(securityGroups, page, "secgroup", group -> group.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized void deleteGroup(Caller caller, SecurityGroupId group) {
        group(caller, group);
        securityGroups.remove(group.value());
    }

    @Override
    public synchronized Template create(Caller caller, String name, VeeSpec spec, List<Input> inputs) {
        requireFree(templates, Template::name, "template", name);
        var template = new Template(new TemplateId(next(templates)), name, Ownership.privateTo(caller), spec, inputs);
        return keep(templates, template.id().value(), template);
    }

    @Override
    public synchronized Template template(Caller caller, TemplateId template) {
        return usable(caller, templates, template.value(), Template::ownership, "template", template);
    }

    @Override
    public synchronized Page<Template> templates(Caller caller, Page.Request page) {
        return page(templates, page, "template", template -> template.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized List<Vee> instantiate(Caller caller, TemplateId template, String name, int count, Map<String, String> inputs) {
        var spec = template(caller, template).spec();
        var specs = new ArrayList<VeeSpec>();
        for (int i = 0; i < count; i++) {
            specs.add(spec.named(count == 1 ? name : name + "-" + i));
        }
        return create(caller, specs);
    }

    @Override
    public synchronized Template own(Caller caller, TemplateId id, Ownership ownership) {
        var template = template(caller, id);
        return keep(templates, id.value(), new Template(id, template.name(), ownership, template.spec(), template.inputs()));
    }

    @Override
    public synchronized void delete(Caller caller, TemplateId template) {
        template(caller, template);
        templates.remove(template.value());
    }

    @Override
    public synchronized Host add(Caller caller, HostRequest request) {
        requireAdministrator(caller);
        requireFree(hosts, Host::name, "host", request.name());
        if (request.uri().contains("nowhere")) {
            throw Refused.unavailable("HOST_UNREACHABLE", "%s does not answer.".formatted(request.uri()), "Is libvirtd running there?");
        }
        var host = new Host(new HostId(next(hosts)), request.name(), request.uri(), Host.State.ENABLED, Optional.empty(), Map.of("hypervisor", "fake"),
                Set.of("live-migration"), new Capacity(Cpus.of(8), DataSize.gibibytes(16), DataSize.gibibytes(100)), Capacity.NONE, 0, request.cluster(),
                request.labels(), Optional.of(NOW));
        return keep(hosts, host.id().value(), host);
    }

    @Override
    public synchronized Host host(Caller caller, HostId host) {
        requireAdministrator(caller);
        return usable(caller, hosts, host.value(), _ -> Ownership.privateTo(caller), "host", host);
    }

    @Override
    public synchronized Page<Host> hosts(Caller caller, Page.Request page) {
        requireAdministrator(caller);
        return page(hosts, page, "host", _ -> true);
    }

    @Override
    public synchronized Host change(Caller caller, HostId id, HostRequest request) {
        var host = host(caller, id);
        return keep(hosts, id.value(), new Host(id, host.name(), host.uri(), host.state(), Optional.empty(), host.facts(), host.features(), host.capacity(),
                host.promised(), host.vees(), request.cluster(), request.labels(), host.lastSeen()));
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
        return keep(hosts, id.value(), new Host(id, host.name(), host.uri(), state, Optional.empty(), host.facts(), host.features(), host.capacity(),
                host.promised(), host.vees(), host.cluster(), host.labels(), host.lastSeen()));
    }

    @Override
    public synchronized void remove(Caller caller, HostId host) {
        host(caller, host);
        if (vees.values().stream().anyMatch(vee -> vee.host().equals(Optional.of(host)) && vee.state() != VeeState.TERMINATED)) {
            throw Refused.conflict("HOST_IN_USE", "%s has VEEs.".formatted(host), "Evacuate it first.");
        }
        hosts.remove(host.value());
    }

    @Override
    public Console console(Caller caller, VeeId vee) {
        vee(caller, vee);
        return new EchoConsole(consoles);
    }

    @Override
    public Optional<ScreenAddress> screen(Caller caller, VeeId vee) {
        return vee(caller, vee).state() == VeeState.RUNNING ? Optional.of(new ScreenAddress("vnc", "127.0.0.1", 5900)) : Optional.empty();
    }

    @Override
    public GuestReport guest(Caller caller, VeeId vee) {
        return vee(caller, vee).state() == VeeState.RUNNING
                ? new GuestReport(true, Optional.of("guest"), Optional.empty(), List.of(new GuestReport.Interface("eth0", Optional.empty(), List.of("10.0.0.2/24"))))
                : GuestReport.SILENT;
    }

    private static void requireAdministrator(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may see hosts.", "");
        }
    }

    private static long next(TreeMap<Long, ?> map) {
        return map.isEmpty() ? 1 : map.lastKey() + 1;
    }

    private static <T> T keep(Map<Long, T> map, long id, T value) {
        map.put(id, value);
        return value;
    }

    private static <T> void requireFree(Map<Long, T> map, Function<T, String> name, String what, String wanted) {
        if (map.values().stream().anyMatch(other -> name.apply(other).equals(wanted))) {
            throw taken(what, wanted);
        }
    }

    private static Refused taken(String what, String name) {
        return Refused.conflict(what.toUpperCase(Locale.ROOT).replace(' ', '_') + "_NAME_TAKEN", "There is a %s called %s already.".formatted(what, name),
                "Choose another name.");
    }

    private static <T> T usable(Caller caller, Map<Long, T> map, long id, Function<T, Ownership> ownership, String what, Object text) {
        Supplier<Refused> missing = () -> Refused.notFound(what.toUpperCase(Locale.ROOT) + "_NOT_FOUND", "There is no %s.".formatted(text),
                "See 'reservoir %s list'.".formatted(what));
        return Optional.ofNullable(map.get(id)).filter(found -> ownership.apply(found).allows(caller, Right.USE)).orElseThrow(missing);
    }

    private static <T> Page<T> page(TreeMap<Long, T> map, Page.Request page, String prefix, java.util.function.Predicate<T> wanted) {
        var after = page.after().map(text -> Long.parseLong(text.substring(prefix.length() + 1))).orElse(0L);
        var items = new ArrayList<T>();
        for (var entry : map.tailMap(after, false).entrySet()) {
            if (wanted.test(entry.getValue())) {
                if (items.size() == page.limit()) {
                    return new Page<>(items, Optional.of(prefix + "-" + after));
                }
                items.add(entry.getValue());
                after = entry.getKey();
            }
        }
        return new Page<>(items, Optional.empty());
    }
}
