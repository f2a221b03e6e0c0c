package org.reservoir.veeh.libvirt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.ByteStream;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainCalls;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.SnapshotCalls;

/** The guests of a libvirtd in memory: they live and end at once, as they are told. */
interface FakeDomains extends DomainCalls, SnapshotCalls, FakePart {
    Pattern DEVICE = Pattern.compile("<(disk|interface) .*?</\\1>", Pattern.DOTALL);

    @Override
    default Optional<Domain> domain(UUID uuid) {
        call("domain");
        return Optional.ofNullable(libvirtd().domains.get(uuid)).map(this::dom);
    }

    @Override
    default List<Domain> domains(int flags) {
        call("domains");
        return libvirtd().domains.values().stream().filter(domain -> flags == 0 || flags == 1 && domain.id >= 0 || flags == Flags.LIST_MANAGEDSAVE && domain.saved)
                .map(this::dom).toList();
    }

    @Override
    default List<Stats> stats(int groups, int flags) {
        call("stats");
        need("stats");
        return libvirtd().domains.values().stream().map(domain -> new Stats(dom(domain), Map.of("state.state", domain.state, "state.reason", domain.reason,
                "cpu.time", 7L, "net.count", 1, "net.0.rx.bytes", 5L))).toList();
    }

    @Override
    default List<Stats> stats(List<Domain> domains, int groups, int flags) {
        return stats(groups, flags).stream().filter(one -> domains.stream().anyMatch(domain -> domain.uuid().equals(one.domain().uuid()))).toList();
    }

    @Override
    default void startDirtyRate(Domain domain, int seconds) {
        call("startDirtyRate");
    }

    @Override
    default Domain define(String xml) {
        call("define");
        var root = Xml.read(xml);
        var uuid = UUID.fromString(Xml.textAt(root, "uuid").orElseThrow());
        var domain = libvirtd().domains.computeIfAbsent(uuid, _ -> new FakeLibvirtd.Kept());
        domain.uuid = uuid;
        domain.name = Xml.textAt(root, "name").orElseThrow();
        domain.xml = xml;
        Xml.at(root, "metadata", "vee").ifPresent(mark -> domain.mark = "<vee generation='%s'/>".formatted(mark.getAttribute("generation")));
        return dom(domain);
    }

    @Override
    default void undefine(Domain dom, int flags) {
        call("undefine");
        libvirtd().domains.remove(dom.uuid());
        libvirtd().tell(new DomainEvent.Lifecycle(dom, Flags.EVENT_UNDEFINED, 0));
    }

    @Override
    default void create(Domain dom, int flags) {
        call("create");
        if (of(dom).id >= 0) {
            throw new HostFailure(Kind.UNSUPPORTED, "domain is already running");
        }
        of(dom).saved = false;
        become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_STARTED, 0);
        Optional.ofNullable(libvirtd().silentStarts.poll()).ifPresent(silence -> {
            libvirtd().failAfter(libvirtd().failAfterSilence);
            throw silence;
        });
        if (dom.name().endsWith("-probe") && !libvirtd().probesHang) {
            become(of(dom), Flags.STATE_SHUTOFF, 1, Flags.EVENT_STOPPED, 0);
        }
    }

    @Override
    default void destroy(Domain dom) {
        call("destroy");
        if (libvirtd().domains.containsKey(dom.uuid())) {
            become(of(dom), Flags.STATE_SHUTOFF, 2, Flags.EVENT_STOPPED, 1);
        }
    }

    @Override
    default void shutdown(Domain dom, int flags) {
        call("shutdown");
        if (!libvirtd().deaf) {
            become(of(dom), Flags.STATE_SHUTOFF, 1, Flags.EVENT_STOPPED, 0);
        }
    }

    @Override
    default void reboot(Domain dom, int flags) {
        call("reboot");
    }

    @Override
    default void reset(Domain dom) {
        call("reset");
    }

    @Override
    default void suspend(Domain dom) {
        call("suspend");
        become(of(dom), Flags.STATE_PAUSED, 1, Flags.EVENT_SUSPENDED, 0);
    }

    @Override
    default void resume(Domain dom) {
        call("resume");
        become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_RESUMED, 0);
    }

    @Override
    default void managedSave(Domain dom) {
        call("managedSave");
        of(dom).saved = true;
        become(of(dom), Flags.STATE_SHUTOFF, 5, Flags.EVENT_STOPPED, 4);
    }

    @Override
    default boolean hasManagedSave(Domain dom) {
        return of(dom).saved;
    }

    @Override
    default State state(Domain dom) {
        libvirtd().meanwhile.accept("state");
        return new State(of(dom).state, of(dom).reason);
    }

    @Override
    default Info info(Domain dom) {
        return new Info(of(dom).state, 1 << 17, 1 << 16, 1, 7L);
    }

    @Override
    default Map<UUID, Info> infos(List<Domain> doms) {
        return doms.stream().filter(dom -> libvirtd().domains.containsKey(dom.uuid())).collect(Collectors.toMap(Domain::uuid, this::info));
    }

    @Override
    default String xml(Domain dom, int flags) {
        return of(dom).xml;
    }

    @Override
    default Optional<String> metadata(Domain dom, String namespace) {
        need("metadata");
        return Optional.of(of(dom).mark).filter(mark -> !mark.isEmpty());
    }

    @Override
    default void metadata(Domain dom, String element, String prefix, String namespace, int flags) {
        call("metadata");
        need("metadata");
        of(dom).mark = element;
    }

    @Override
    default void attachDevice(Domain dom, String xml, int flags) {
        call("attachDevice");
    }

    @Override
    default void detachDevice(Domain dom, String xml, int flags) {
        call("detachDevice");
        if (!libvirtd().clinging) {
            var alias = "name=\"%s\"".formatted(Xml.at(Xml.read(xml), "alias").orElseThrow().getAttribute("name"));
            of(dom).xml = DEVICE.matcher(of(dom).xml).replaceAll(device -> device.group().contains(alias) ? "" : Matcher.quoteReplacement(device.group()));
        }
    }

    @Override
    default void vcpus(Domain dom, int count, int flags) {
        call("vcpus " + count);
        if (libvirtd().clinging) {
            throw new HostFailure(Kind.REFUSED, "An error occurred, but the cause is unknown");
        }
        of(dom).xml = of(dom).xml.replaceFirst("current=.[0-9]+.", "current='%d'".formatted(count));
    }

    @Override
    default void memory(Domain dom, long kib, int flags) {
        call("memory " + kib);
        if (!libvirtd().clinging) {
            of(dom).xml = of(dom).xml.replaceFirst("(<currentMemory[^>]*>)[0-9]+", "$1" + kib);
        }
    }

    @Override
    default void blockResize(Domain dom, String target, long bytes) {
        call("blockResize " + target);
    }

    @Override
    default void snapshotTake(Domain dom, String xml, int flags) {
        call("snapshotTake");
        of(dom).snapshots.add(Xml.textAt(Xml.read(xml), "name").orElseThrow());
    }

    @Override
    default List<String> snapshots(Domain dom) {
        return List.copyOf(of(dom).snapshots);
    }

    @Override
    default void snapshotRevert(Domain dom, String name, int flags) {
        call("snapshotRevert " + name);
    }

    @Override
    default void snapshotDelete(Domain dom, String name) {
        call("snapshotDelete " + name);
        of(dom).snapshots.remove(name);
    }

    @Override
    default void backupBegin(Domain dom, String xml) {
        call("backupBegin");
    }

    @Override
    default Map<String, Object> job(Domain dom) {
        return Map.of("type", 0);
    }

    @Override
    default Map<String, Object> completedJob(Domain dom) {
        return Map.of("type", libvirtd().jobsEndAs, "errmsg", "No space left on device");
    }

    @Override
    default void abortJob(Domain dom) {
        call("abortJob");
    }

    @Override
    default Optional<String> agent(Domain dom, String json, Duration patience) {
        var answer = libvirtd().agent.apply(json);
        if (answer.isPresent()) {
            libvirtd().calls.add("agent " + json.replaceAll(".*execute\":\"([a-z-]+)\".*", "$1"));
        }
        return answer;
    }

    @Override
    default ByteStream channel(Domain dom, String name, boolean force) {
        call("channel");
        try {
            var in = new PipedInputStream();
            libvirtd().voices.add(new PipedOutputStream(in));
            return new ByteStream() {
                @Override
                public InputStream in() {
                    return in;
                }

                @Override
                public ByteArrayOutputStream out() {
                    return new ByteArrayOutputStream();
                }

                @Override
                public void finish() {}

                @Override
                public void close() {
                    try {
                        in.close();
                    } catch (IOException broken) {
                        throw new UncheckedIOException(broken);
                    }
                }
            };
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    default ByteStream console(Domain dom) {
        return channel(dom, "", false);
    }
}
