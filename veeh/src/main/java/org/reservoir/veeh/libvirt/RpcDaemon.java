package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;

/**
 * {@link Daemon} over libvirt's remote protocol: each method is one or few of its procedures (numbers and structures from libvirt's
 * {@code remote_protocol.x}). Bulk transfers and consoles get a connection of their own, so that a slow reader holds nobody up.
 */
final class RpcDaemon implements Daemon {
    private static final Duration DEFAULT = Duration.ofSeconds(15);
    private static final int KEEPALIVE_FEATURE = 10;
    private static final int METADATA_ELEMENT = 2;

    private final URI uri;
    private final Wire wire;
    private final Duration patience;

    private RpcDaemon(URI uri, Wire wire, Duration patience) {
        this.uri = uri;
        this.wire = wire;
        this.patience = patience;
    }

    static Daemon dial(String address) {
        var uri = parse(address);
        var daemon = connect(uri, DEFAULT);
        daemon.ask(60, out -> out.number(KEEPALIVE_FEATURE));
        daemon.wire.keepAlive(address);
        return daemon;
    }

    private static URI parse(String address) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException nonsense) {
            throw new HostFailure(Kind.REFUSED, "'%s' is no URI of a host.".formatted(address), nonsense);
        }
    }

    private static RpcDaemon connect(URI uri, Duration patience) {
        var wire = new Wire(Transports.open(uri), String.valueOf(uri.getHost()));
        try {
            var daemon = new RpcDaemon(uri, wire, patience);
            daemon.ask(66, _ -> { });
            daemon.ask(1, out -> out.maybe(Optional.of(Transports.local(uri))).number(0));
            return daemon;
        } catch (HostFailure failure) {
            wire.close();
            throw failure.kind() == Kind.UNREACHABLE ? failure
                    : new HostFailure(Kind.UNREACHABLE, "%s: %s".formatted(uri, failure.getMessage()), failure);
        }
    }

    // ---- how calls are made

    private Xdr.Reader raw(int procedure, Consumer<Xdr.Writer> arguments) {
        return wire.call(Wire.REMOTE, procedure, arguments, patience);
    }

    private Xdr.Reader ask(int procedure, Consumer<Xdr.Writer> arguments) {
        try {
            return raw(procedure, arguments);
        } catch (LibvirtError error) {
            throw error.failure();
        }
    }

    /** Empty when the answer is one of these errors. */
    private <T> Optional<T> unless(Supplier<T> call, Integer... codes) {
        try {
            return Optional.of(call.get());
        } catch (LibvirtError error) {
            if (List.of(codes).contains(error.code())) {
                return Optional.empty();
            }
            throw error.failure();
        }
    }

    private void ask(int procedure, Dom dom) {
        ask(procedure, out -> out.domain(dom));
    }

    private void ask(int procedure, Dom dom, int flags) {
        ask(procedure, out -> out.domain(dom).number(flags));
    }

    @Override
    public Daemon within(Duration other) {
        return new RpcDaemon(uri, wire, other);
    }

    // ---- the host

    @Override
    public String type() {
        return ask(3, _ -> { }).text();
    }

    @Override
    public String hostname() {
        return ask(59, _ -> { }).text();
    }

    @Override
    public long version() {
        return ask(4, _ -> { }).hyper();
    }

    @Override
    public String capabilities() {
        return ask(7, _ -> { }).text();
    }

    @Override
    public Node node() {
        var in = ask(6, _ -> { });
        var model = in.characters(32);
        long memory = in.hyper();
        return new Node(in.number(), memory, model);
    }

    @Override
    public Map<String, Long> processorTimes() {
        var in = ask(227, out -> out.number(-1).number(0).number(0));
        in.fields();
        int count = in.number();
        return ask(227, out -> out.number(-1).number(count).number(0)).fields();
    }

    @Override
    public Map<String, Long> memoryStats() {
        var in = ask(228, out -> out.number(0).number(-1).number(0));
        in.fields();
        int count = in.number();
        return ask(228, out -> out.number(count).number(-1).number(0)).fields();
    }

    // ---- domains

    @Override
    public Optional<Dom> domain(UUID uuid) {
        return unless(() -> raw(24, out -> out.uuid(uuid)).domain(), LibvirtError.NO_DOMAIN);
    }

    @Override
    public List<Dom> domains(int flags) {
        return ask(273, out -> out.number(1).number(flags)).list(Xdr.Reader::domain);
    }

    @Override
    public List<Stats> stats(int groups, int flags) {
        return ask(344, out -> out.number(0).number(groups).number(flags)).list(in -> new Stats(in.domain(), in.parameters()));
    }

    @Override
    public Dom define(String xml) {
        return ask(350, out -> out.text(xml).number(0)).domain();
    }

    @Override
    public void undefine(Dom dom, int flags) {
        unless(() -> raw(231, out -> out.domain(dom).number(flags)), LibvirtError.NO_DOMAIN);
    }

    @Override
    public void create(Dom dom, int flags) {
        ask(196, dom, flags);
    }

    @Override
    public void destroy(Dom dom) {
        unless(() -> raw(234, out -> out.domain(dom).number(0)), LibvirtError.NO_DOMAIN, LibvirtError.OPERATION_INVALID);
    }

    @Override
    public void shutdown(Dom dom) {
        unless(() -> raw(258, out -> out.domain(dom).number(0)), LibvirtError.OPERATION_INVALID);
    }

    @Override
    public void reboot(Dom dom) {
        ask(27, dom, 0);
    }

    @Override
    public void reset(Dom dom) {
        ask(245, dom, 0);
    }

    @Override
    public void suspend(Dom dom) {
        ask(34, dom);
    }

    @Override
    public void resume(Dom dom) {
        ask(28, dom);
    }

    @Override
    public void managedSave(Dom dom) {
        ask(182, dom, 0);
    }

    @Override
    public boolean hasManagedSave(Dom dom) {
        return ask(183, out -> out.domain(dom).number(0)).number() != 0;
    }

    @Override
    public State state(Dom dom) {
        var in = ask(212, out -> out.domain(dom).number(0));
        return new State(in.number(), in.number());
    }

    @Override
    public String xml(Dom dom, int flags) {
        return ask(14, out -> out.domain(dom).number(flags)).text();
    }

    @Override
    public Optional<String> metadata(Dom dom, String namespace) {
        return unless(() -> raw(265, out -> out.domain(dom).number(METADATA_ELEMENT).maybe(Optional.of(namespace)).number(0)).text(),
                LibvirtError.NO_DOMAIN_METADATA);
    }

    @Override
    public void metadata(Dom dom, String element, String prefix, String namespace, int flags) {
        ask(264, out -> out.domain(dom).number(METADATA_ELEMENT).maybe(Optional.of(element)).maybe(Optional.of(prefix))
                .maybe(Optional.of(namespace)).number(flags));
    }

    @Override
    public void attachDevice(Dom dom, String xml, int flags) {
        ask(160, out -> out.domain(dom).text(xml).number(flags));
    }

    @Override
    public void detachDevice(Dom dom, String xml, int flags) {
        ask(161, out -> out.domain(dom).text(xml).number(flags));
    }

    @Override
    public void vcpus(Dom dom, int count, int flags) {
        ask(199, out -> out.domain(dom).number(count).number(flags));
    }

    @Override
    public void memory(Dom dom, long kib, int flags) {
        ask(204, out -> out.domain(dom).hyper(kib).number(flags));
    }

    @Override
    public void blockResize(Dom dom, String target, long bytes) {
        ask(251, out -> out.domain(dom).text(target).hyper(bytes).number(1));
    }

    @Override
    public void snapshotTake(Dom dom, String xml, int flags) {
        ask(185, out -> out.domain(dom).text(xml).number(flags));
    }

    @Override
    public List<String> snapshots(Dom dom) {
        return ask(274, out -> out.domain(dom).number(1).number(0)).list(in -> {
            var name = in.text();
            in.domain();
            return name;
        });
    }

    @Override
    public void snapshotRevert(Dom dom, String name, int flags) {
        ask(192, out -> out.text(name).domain(dom).number(flags));
    }

    @Override
    public void snapshotDelete(Dom dom, String name) {
        unless(() -> raw(193, out -> out.text(name).domain(dom).number(0)), LibvirtError.NO_DOMAIN_SNAPSHOT);
    }

    @Override
    public void backupBegin(Dom dom, String xml) {
        ask(421, out -> out.domain(dom).text(xml).maybe(Optional.empty()).number(1));
    }

    @Override
    public Map<String, Object> job(Dom dom) {
        var in = ask(298, out -> out.domain(dom).number(0));
        int type = in.number();
        var job = new HashMap<>(in.parameters());
        job.put("type", type);
        return job;
    }

    @Override
    public void abortJob(Dom dom) {
        unless(() -> raw(164, out -> out.domain(dom)), LibvirtError.OPERATION_INVALID);
    }

    @Override
    public Optional<String> agent(Dom dom, String json, Duration answerWithin) {
        try {
            return wire.call(Wire.QEMU, 3, out -> out.domain(dom).text(json).number((int) answerWithin.toSeconds()).number(0), patience).maybe();
        } catch (LibvirtError error) {
            if (error.isSilentAgent()) {
                return Optional.empty();
            }
            throw error.failure();
        }
    }

    @Override
    public Stream channel(Dom dom, String name, boolean force) {
        return stream(wire, 296, out -> out.domain(dom).maybe(Optional.of(name)).number(force ? 1 : 0));
    }

    @Override
    public Stream console(Dom dom) {
        var own = connect(uri, patience);
        try {
            return new OwnStream(own, stream(own.wire, 201, out -> out.domain(dom).maybe(Optional.empty()).number(0)));
        } catch (HostFailure failure) {
            own.close();
            throw failure;
        }
    }

    private RpcStream stream(Wire on, int procedure, Consumer<Xdr.Writer> arguments) {
        try {
            return on.stream(procedure, arguments, patience);
        } catch (LibvirtError error) {
            throw error.failure();
        }
    }

    private record OwnStream(RpcDaemon own, Stream stream) implements Stream {
        @Override
        public InputStream in() {
            return stream.in();
        }

        @Override
        public java.io.OutputStream out() {
            return stream.out();
        }

        @Override
        public void close() {
            stream.close();
            own.close();
        }
    }

    // ---- migration

    @Override
    public Begun migrateBegin(Dom dom, Map<String, Object> parameters, long flags) {
        var in = ask(302, out -> out.domain(dom).parameters(parameters).number((int) flags));
        var cookie = in.opaque();
        return new Begun(in.text(), cookie);
    }

    @Override
    public Prepared migratePrepare(Map<String, Object> parameters, byte[] cookie, long flags) {
        var in = ask(303, out -> out.parameters(parameters).opaque(cookie).number((int) flags));
        var answer = in.opaque();
        return new Prepared(answer, in.maybe().orElse(""));
    }

    @Override
    public byte[] migratePerform(Dom dom, String destination, Map<String, Object> parameters, byte[] cookie, long flags) {
        return ask(305, out -> out.domain(dom).maybe(Optional.of(destination).filter(text -> !text.isEmpty())).parameters(parameters)
                .opaque(cookie).number((int) flags)).opaque();
    }

    @Override
    public Finished migrateFinish(Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
        try {
            var in = raw(306, out -> out.parameters(parameters).opaque(cookie).number((int) flags).number(cancelled ? 1 : 0));
            return new Finished(Optional.of(in.domain()), in.opaque(), "");
        } catch (LibvirtError error) {
            return new Finished(Optional.empty(), new byte[0], String.valueOf(error.getMessage()));
        }
    }

    @Override
    public void migrateConfirm(Dom dom, Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
        ask(307, out -> out.domain(dom).parameters(parameters).opaque(cookie).number((int) flags).number(cancelled ? 1 : 0));
    }

    @Override
    public void maxDowntime(Dom dom, long milliseconds) {
        ask(166, out -> out.domain(dom).hyper(milliseconds).number(0));
    }

    // ---- storage

    private Optional<Xdr.Named> pool(String name) {
        return unless(() -> raw(84, out -> out.text(name)).named(), LibvirtError.NO_STORAGE_POOL);
    }

    private Xdr.Named poolOf(String name) {
        return pool(name).orElseThrow(() -> new HostFailure(Kind.REFUSED, "The host has no storage pool %s.".formatted(name)));
    }

    @Override
    public boolean hasPool(String pool) {
        return pool(pool).isPresent();
    }

    @Override
    public void definePool(String xml) {
        ask(77, out -> out.text(xml).number(0));
    }

    @Override
    public void startPool(String name) {
        var pool = poolOf(name);
        if (ask(154, out -> out.named(pool)).number() == 0) {
            ask(79, out -> out.named(pool).number(0));
            ask(78, out -> out.named(pool).number(0));
            ask(90, out -> out.named(pool).number(1));
        }
    }

    @Override
    public String poolXml(String pool) {
        return ask(88, out -> out.named(poolOf(pool)).number(0)).text();
    }

    @Override
    public Space space(String pool) {
        var in = ask(87, out -> out.named(poolOf(pool)));
        in.number();
        long capacity = in.hyper();
        in.hyper();
        return new Space(capacity, in.hyper());
    }

    @Override
    public List<Vol> volumes(String pool) {
        return ask(282, out -> out.named(poolOf(pool)).number(1).number(0)).list(Xdr.Reader::volume);
    }

    @Override
    public Optional<Vol> volume(String pool, String name) {
        return unless(() -> raw(95, out -> out.named(poolOf(pool)).text(name)).volume(), LibvirtError.NO_STORAGE_VOL);
    }

    @Override
    public Vol createVolume(String pool, String xml) {
        return unless(() -> raw(93, out -> out.named(poolOf(pool)).text(xml).number(0)).volume(), LibvirtError.STORAGE_VOL_EXIST)
                .or(() -> volume(pool, Xml.textAt(Xml.read(xml), "name").orElseThrow()))
                .orElseThrow(() -> new HostFailure(Kind.BUSY, "The volume came and went: " + xml));
    }

    @Override
    public Vol copyVolume(String pool, String xml, Vol source) {
        return ask(125, out -> out.named(poolOf(pool)).text(xml).volume(source).number(0)).volume();
    }

    @Override
    public void deleteVolume(Vol volume) {
        unless(() -> raw(94, out -> out.volume(volume).number(0)), LibvirtError.NO_STORAGE_VOL);
    }

    @Override
    public long volumeCapacity(Vol volume) {
        var in = ask(98, out -> out.volume(volume));
        in.number();
        return in.hyper();
    }

    @Override
    public String volumeXml(Vol volume) {
        return ask(99, out -> out.volume(volume).number(0)).text();
    }

    @Override
    public void resizeVolume(Vol volume, long bytes) {
        ask(260, out -> out.volume(volume).hyper(bytes).number(0));
    }

    @Override
    public void upload(Vol volume, long offset, long length, InputStream bytes) {
        var own = connect(uri, patience);
        try (var stream = stream(own.wire, 208, out -> out.volume(volume).hyper(offset).hyper(length).number(0))) {
            copy(bytes, stream, length);
            stream.finish();
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "The upload of %s broke: %s".formatted(volume.name(), broken.getMessage()), broken);
        } finally {
            own.close();
        }
    }

    private static void copy(InputStream bytes, RpcStream stream, long length) throws IOException {
        var buffer = new byte[256_000];
        var out = stream.out();
        long left = length;
        while (left > 0) {
            int read = bytes.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("the bytes ended %d early".formatted(left));
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    @Override
    public InputStream download(Vol volume, long offset, long length) {
        var own = connect(uri, patience);
        try {
            var stream = stream(own.wire, 209, out -> out.volume(volume).hyper(offset).hyper(length).number(0));
            return new java.io.FilterInputStream(stream.in()) {
                @Override
                public void close() {
                    stream.close();
                    own.close();
                }
            };
        } catch (HostFailure failure) {
            own.close();
            throw failure;
        }
    }

    /** libvirt refuses two pools over one folder, so a name that is taken means that somebody else looks just now. */
    @Override
    public Optional<String> peek(String folder, String file) {
        var name = "reservoir-peek-" + java.util.UUID.randomUUID();
        var xml = Xml.document("pool", pool -> pool.text("name", name).tag("target", target -> target.text("path", folder)), "type", "dir");
        Xdr.Named pool;
        try {
            pool = raw(76, out -> out.text(xml).number(0)).named();
        } catch (LibvirtError error) {
            if (String.valueOf(error.getMessage()).contains("No such file")) {
                return Optional.empty();
            }
            throw new HostFailure(Kind.BUSY, error.getMessage(), error);
        }
        try {
            return unless(() -> raw(95, out -> out.named(pool).text(file)).volume(), LibvirtError.NO_STORAGE_VOL).map(this::text);
        } finally {
            ask(80, out -> out.named(pool));
        }
    }

    private String text(Vol volume) {
        try (var bytes = download(volume, 0, 0)) {
            return new String(bytes.readNBytes(4096), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "%s cannot be read: %s".formatted(volume.name(), broken.getMessage()), broken);
        }
    }

    // ---- networks and filters

    private Optional<Xdr.Named> network(String name) {
        return unless(() -> raw(46, out -> out.text(name)).named(), LibvirtError.NO_NETWORK);
    }

    private Xdr.Named networkOf(String name) {
        return network(name).orElseThrow(() -> new HostFailure(Kind.REFUSED, "The host has no network %s.".formatted(name)));
    }

    @Override
    public Optional<String> networkXml(String name) {
        return network(name).map(network -> ask(43, out -> out.named(network).number(0)).text());
    }

    @Override
    public boolean networkRuns(String name) {
        return ask(152, out -> out.named(networkOf(name))).number() != 0;
    }

    @Override
    public void defineNetwork(String xml) {
        ask(41, out -> out.text(xml));
    }

    @Override
    public void startNetwork(String name) {
        var network = networkOf(name);
        ask(39, out -> out.named(network));
        ask(48, out -> out.named(network).number(1));
    }

    @Override
    public void stopNetwork(String name) {
        ask(42, out -> out.named(networkOf(name)));
    }

    @Override
    public void undefineNetwork(String name) {
        ask(49, out -> out.named(networkOf(name)));
    }

    @Override
    public void updateDhcpHost(String name, int command, int ip, String xml) {
        ask(291, out -> out.named(networkOf(name)).number(command).number(4).number(ip).text(xml).number(3));
    }

    @Override
    public List<String> filters() {
        return unless(() -> raw(286, out -> out.number(1).number(0)).list(in -> in.named().name()), LibvirtError.NO_SUPPORT).orElse(List.of());
    }

    @Override
    public void defineFilter(String xml) {
        ask(180, out -> out.text(xml));
    }

    @Override
    public void undefineFilter(String name) {
        unless(() -> raw(175, out -> out.text(name)).named(), LibvirtError.NO_NWFILTER).ifPresent(filter -> {
            try {
                raw(181, out -> out.named(filter));
            } catch (LibvirtError error) {
                throw error.code() == LibvirtError.OPERATION_INVALID ? new HostFailure(Kind.BUSY, error.getMessage(), error) : error.failure();
            }
        });
    }

    // ---- events

    @Override
    public void listen(Consumer<Event> listener) {
        wire.onEvent((procedure, in) -> {
            in.number();
            switch (procedure) {
                case 318 -> listener.accept(new Event.Lifecycle(in.domain(), in.number(), in.number()));
                case 333 -> listener.accept(new Event.DeviceRemoved(in.domain(), in.text()));
                default -> { }
            }
        });
        for (int event : new int[] {0, 15}) {
            ask(316, out -> out.number(event).number(0));
        }
    }

    @Override
    public void onClosed(Consumer<String> listener) {
        wire.onClosed(listener);
    }

    @Override
    public boolean isOpen() {
        return wire.isOpen();
    }

    @Override
    public void close() {
        wire.close();
    }
}
