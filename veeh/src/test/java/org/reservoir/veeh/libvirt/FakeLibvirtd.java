package org.reservoir.veeh.libvirt;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.Answer;
import org.reservoir.libvirtrpc.ByteStream;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.libvirtrpc.LibvirtFailure;
import org.reservoir.libvirtrpc.Procedure;
import org.reservoir.libvirtrpc.Volume;
import org.reservoir.libvirtrpc.XdrReader;
import org.reservoir.libvirtrpc.XdrWriter;

/** A libvirtd in memory: keeps what it is given, fails when told to. Every connection to it sees the same state. */
final class FakeLibvirtd {
    static final class Kept {
        String name;
        UUID uuid;
        String xml;
        String mark = "";
        int id = -1;
        int state = Flags.STATE_SHUTOFF;
        int reason;
        boolean saved;
        final List<String> snapshots = new ArrayList<>();
    }

    final Map<UUID, Kept> domains = new ConcurrentHashMap<>();
    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final Map<String, String> volumes = new TreeMap<>();
    /** virDomainJobType that jobs are said to have ended as. */
    int jobsEndAs = 3;
    final Map<String, String> networks = new ConcurrentHashMap<>();
    final Map<String, String> filters = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<Connection> connections = new CopyOnWriteArrayList<>();
    /** What every guest's agent answers. */
    volatile Function<String, Optional<String>> agent = _ -> Optional.empty();
    final List<PipedOutputStream> voices = new CopyOnWriteArrayList<>();
    volatile String type = "QEMU";
    volatile String capabilities =
            "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type><arch name='x86_64'><domain type='qemu'/></arch></guest></capabilities>";
    volatile long ran = 3;
    /** How the next starts end: done or not, nobody is told. */
    final Queue<HostFailure> silentStarts = new ConcurrentLinkedQueue<>();
    /** After how many calls more the connection breaks then. */
    volatile int failAfterSilence = Integer.MAX_VALUE;
    volatile Optional<String> bridgedPacketsFiltered = Optional.of("1\n");
    volatile boolean down;
    volatile boolean deaf;
    /** Lacks what only QEMU's driver has. */
    volatile boolean poor;
    volatile int failAfter = Integer.MAX_VALUE;
    private int ids;

    LibvirtConnection dial() {
        if (down) {
            throw new HostFailure(Kind.UNREACHABLE, "refused");
        }
        var connection = new Connection();
        connections.add(connection);
        return connection;
    }

    void breakConnections() {
        down = true;
        List.copyOf(connections).forEach(connection -> connection.breakDown("broken by the test"));
    }

    void tell(DomainEvent event) {
        connections.forEach(connection -> connection.listeners.forEach(listener -> listener.accept(event)));
    }

    /** The next call but {@code count} fails, as if the connection broke there. */
    void failAfter(int count) {
        failAfter = count;
    }

    final class Connection implements LibvirtConnection {
        private final List<Consumer<DomainEvent>> listeners = new CopyOnWriteArrayList<>();
        private final List<Consumer<String>> closers = new CopyOnWriteArrayList<>();
        private volatile boolean open = true;

        private void breakDown(String why) {
            open = false;
            connections.remove(this);
            closers.forEach(closer -> closer.accept(why));
        }

        private void call(String what) {
            if (!open || failAfter-- <= 0) {
                throw new HostFailure(Kind.UNREACHABLE, "broke at " + what);
            }
            calls.add(what);
        }

        private void need(String what) {
            if (poor) {
                throw new HostFailure(Kind.UNSUPPORTED, "this function is not supported by the connection driver: " + what);
            }
        }

        private Kept of(Domain dom) {
            var found = domains.get(dom.uuid());
            if (found == null) {
                throw new HostFailure(Kind.NO_SUCH_GUEST, dom.name());
            }
            return found;
        }

        private Domain dom(Kept domain) {
            return new Domain(domain.name, domain.uuid, domain.id);
        }

        private void become(Kept domain, int state, int reason, int event, int detail) {
            domain.state = state;
            domain.reason = reason;
            domain.id = state == Flags.STATE_SHUTOFF ? -1 : domain.id < 0 ? ++ids : domain.id;
            tell(new DomainEvent.Lifecycle(dom(domain), event, detail));
        }

        @Override
        public LibvirtConnection within(Duration patience) {
            return this;
        }

        @Override
        public <T> Answer<T> ask(Procedure procedure, Consumer<XdrWriter> arguments, Function<XdrReader, T> result) {
            throw new IllegalStateException("nobody plays " + procedure);
        }

        @Override
        public RuntimeException failure(LibvirtFailure failure) {
            return Failures.told(failure);
        }

        @Override
        public ByteStream stream(Procedure procedure, Consumer<XdrWriter> arguments) {
            throw new IllegalStateException("nobody plays " + procedure);
        }

        @Override
        public LibvirtConnection another() {
            return dial();
        }

        @Override
        public String type() {
            call("type");
            return type;
        }

        @Override
        public String hostname() {
            call("hostname");
            return "fake";
        }

        @Override
        public long version() {
            return 7_002_022;
        }

        @Override
        public String capabilities() {
            call("capabilities");
            return capabilities;
        }

        @Override
        public Node node() {
            return new Node(4, 1 << 20, "x86_64");
        }

        @Override
        public Map<String, Long> processorTimes() {
            need("processorTimes");
            return Map.of("kernel", 1L, "user", ran);
        }

        @Override
        public Map<String, Long> memoryStats() {
            need("memoryStats");
            return Map.of("free", 100L);
        }

        @Override
        public Optional<Domain> domain(UUID uuid) {
            call("domain");
            return Optional.ofNullable(domains.get(uuid)).map(this::dom);
        }

        @Override
        public List<Domain> domains(int flags) {
            call("domains");
            return domains.values().stream().filter(domain -> flags == 0 || flags == 1 && domain.id >= 0 || flags == Flags.LIST_MANAGEDSAVE && domain.saved)
                    .map(this::dom).toList();
        }

        @Override
        public List<Stats> stats(int groups, int flags) {
            call("stats");
            need("stats");
            return domains.values().stream().map(domain -> new Stats(dom(domain), Map.of("state.state", domain.state, "state.reason", domain.reason,
                    "cpu.time", 7L, "net.count", 1, "net.0.rx.bytes", 5L))).toList();
        }

        @Override
        public Domain define(String xml) {
            call("define");
            var root = Xml.read(xml);
            var uuid = UUID.fromString(Xml.textAt(root, "uuid").orElseThrow());
            var domain = domains.computeIfAbsent(uuid, _ -> new Kept());
            domain.uuid = uuid;
            domain.name = Xml.textAt(root, "name").orElseThrow();
            domain.xml = xml;
            Xml.at(root, "metadata", "vee").ifPresent(mark -> domain.mark = "<vee generation='%s'/>".formatted(mark.getAttribute("generation")));
            return dom(domain);
        }

        @Override
        public void undefine(Domain dom, int flags) {
            call("undefine");
            domains.remove(dom.uuid());
            tell(new DomainEvent.Lifecycle(dom, Flags.EVENT_UNDEFINED, 0));
        }

        @Override
        public void create(Domain dom, int flags) {
            call("create");
            if (of(dom).id >= 0) {
                throw new HostFailure(Kind.UNSUPPORTED, "domain is already running");
            }
            of(dom).saved = false;
            become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_STARTED, 0);
            Optional.ofNullable(silentStarts.poll()).ifPresent(silence -> {
                failAfter(failAfterSilence);
                throw silence;
            });
            if (dom.name().endsWith("-probe")) {
                become(of(dom), Flags.STATE_SHUTOFF, 1, Flags.EVENT_STOPPED, 0);
            }
        }

        @Override
        public void destroy(Domain dom) {
            call("destroy");
            become(of(dom), Flags.STATE_SHUTOFF, 2, Flags.EVENT_STOPPED, 1);
        }

        @Override
        public void shutdown(Domain dom, int flags) {
            call("shutdown");
            if (!deaf) {
                become(of(dom), Flags.STATE_SHUTOFF, 1, Flags.EVENT_STOPPED, 0);
            }
        }

        @Override
        public void reboot(Domain dom, int flags) {
            call("reboot");
        }

        @Override
        public void reset(Domain dom) {
            call("reset");
        }

        @Override
        public void suspend(Domain dom) {
            call("suspend");
            become(of(dom), Flags.STATE_PAUSED, 1, Flags.EVENT_SUSPENDED, 0);
        }

        @Override
        public void resume(Domain dom) {
            call("resume");
            become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_RESUMED, 0);
        }

        @Override
        public void managedSave(Domain dom) {
            call("managedSave");
            of(dom).saved = true;
            become(of(dom), Flags.STATE_SHUTOFF, 5, Flags.EVENT_STOPPED, 4);
        }

        @Override
        public boolean hasManagedSave(Domain dom) {
            return of(dom).saved;
        }

        @Override
        public State state(Domain dom) {
            return new State(of(dom).state, of(dom).reason);
        }

        @Override
        public Info info(Domain dom) {
            return new Info(of(dom).state, 1 << 17, 1 << 16, 1, 7L);
        }

        @Override
        public String xml(Domain dom, int flags) {
            return of(dom).xml;
        }

        @Override
        public Optional<String> metadata(Domain dom, String namespace) {
            need("metadata");
            return Optional.of(of(dom).mark).filter(mark -> !mark.isEmpty());
        }

        @Override
        public void metadata(Domain dom, String element, String prefix, String namespace, int flags) {
            call("metadata");
            need("metadata");
            of(dom).mark = element;
        }

        @Override
        public void attachDevice(Domain dom, String xml, int flags) {
            call("attachDevice");
        }

        @Override
        public void detachDevice(Domain dom, String xml, int flags) {
            call("detachDevice");
        }

        @Override
        public void vcpus(Domain dom, int count, int flags) {
            call("vcpus " + count);
        }

        @Override
        public void memory(Domain dom, long kib, int flags) {
            call("memory " + kib);
        }

        @Override
        public void blockResize(Domain dom, String target, long bytes) {
            call("blockResize " + target);
        }

        @Override
        public void snapshotTake(Domain dom, String xml, int flags) {
            call("snapshotTake");
            of(dom).snapshots.add(Xml.textAt(Xml.read(xml), "name").orElseThrow());
        }

        @Override
        public List<String> snapshots(Domain dom) {
            return List.copyOf(of(dom).snapshots);
        }

        @Override
        public void snapshotRevert(Domain dom, String name, int flags) {
            call("snapshotRevert " + name);
        }

        @Override
        public void snapshotDelete(Domain dom, String name) {
            call("snapshotDelete " + name);
            of(dom).snapshots.remove(name);
        }

        @Override
        public void backupBegin(Domain dom, String xml) {
            call("backupBegin");
        }

        @Override
        public Map<String, Object> job(Domain dom) {
            return Map.of("type", 0);
        }

        @Override
        public Map<String, Object> completedJob(Domain dom) {
            return Map.of("type", jobsEndAs, "errmsg", "No space left on device");
        }

        @Override
        public void abortJob(Domain dom) {
            call("abortJob");
        }

        @Override
        public Optional<String> agent(Domain dom, String json, Duration patience) {
            var answer = agent.apply(json);
            if (answer.isPresent()) {
                calls.add("agent " + json.replaceAll(".*execute\":\"([a-z-]+)\".*", "$1"));
            }
            return answer;
        }

        @Override
        public ByteStream channel(Domain dom, String name, boolean force) {
            call("channel");
            try {
                var in = new PipedInputStream();
                voices.add(new PipedOutputStream(in));
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
        public ByteStream console(Domain dom) {
            return channel(dom, "", false);
        }

        @Override
        public Begun migrateBegin(Domain dom, Map<String, Object> parameters, long flags) {
            call("migrateBegin");
            return new Begun(of(dom).xml, dom.uuid().toString().getBytes());
        }

        @Override
        public Prepared migratePrepare(Map<String, Object> parameters, byte[] cookie, long flags) {
            call("migratePrepare");
            return new Prepared(cookie, "");
        }

        @Override
        public byte[] migratePerform(Domain dom, String destination, Map<String, Object> parameters, byte[] cookie, long flags) {
            call("migratePerform");
            become(of(dom), Flags.STATE_PAUSED, 2, Flags.EVENT_SUSPENDED, 1);
            return cookie;
        }

        @Override
        public Finished migrateFinish(Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
            call("migrateFinish");
            if (cancelled) {
                return new Finished(Optional.empty(), cookie, "cancelled");
            }
            var dom = define((String) parameters.get("destination_xml"));
            become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_RESUMED, 1);
            return new Finished(Optional.of(dom(of(dom))), cookie, "");
        }

        @Override
        public void migrateConfirm(Domain dom, Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled) {
            call("migrateConfirm");
            if (cancelled) {
                become(of(dom), Flags.STATE_RUNNING, 1, Flags.EVENT_RESUMED, 1);
            } else {
                become(of(dom), Flags.STATE_SHUTOFF, 4, Flags.EVENT_STOPPED, 3);
                undefine(dom, 0);
            }
        }

        @Override
        public void maxDowntime(Domain dom, long milliseconds) {
            call("maxDowntime");
        }

        @Override
        public boolean hasPool(String pool) {
            call("hasPool");
            return true;
        }

        @Override
        public void definePool(String xml) {
            call("definePool");
        }

        @Override
        public void startPool(String pool) {
            call("startPool");
        }

        @Override
        public String poolXml(String pool) {
            return "<pool><target><path>/pool</path></target></pool>";
        }

        @Override
        public Space space(String pool) {
            return new Space(1L << 40, 1L << 39);
        }

        @Override
        public Optional<String> peek(String folder, String file) {
            call("peek " + folder + "/" + file);
            return bridgedPacketsFiltered;
        }

        private Volume vol(String name) {
            return new Volume("reservoir", name, "/pool/" + name);
        }

        @Override
        public List<Volume> volumes(String pool) {
            call("volumes");
            synchronized (volumes) {
                return volumes.keySet().stream().map(this::vol).toList();
            }
        }

        @Override
        public Optional<Volume> volume(String pool, String name) {
            call("volume");
            synchronized (volumes) {
                return volumes.containsKey(name) ? Optional.of(vol(name)) : Optional.empty();
            }
        }

        @Override
        public Optional<Volume> createVolume(String pool, String xml) {
            call("createVolume");
            var root = Xml.read(xml);
            var name = Xml.textAt(root, "name").orElseThrow();
            synchronized (volumes) {
                volumes.putIfAbsent(name, xml);
            }
            files.putIfAbsent(name, name.endsWith(".qcow2") && !name.startsWith("image-") ? java.nio.ByteBuffer.allocate(4096).putInt(0x514649fb).array()
                    : new byte[Integer.parseInt(Xml.textAt(root, "capacity").orElseThrow())]);
            return Optional.of(vol(name));
        }

        @Override
        public Volume copyVolume(String pool, String xml, Volume source) {
            call("copyVolume");
            var copy = createVolume(pool, xml).orElseThrow();
            files.put(copy.name(), files.get(source.name()));
            return copy;
        }

        @Override
        public void deleteVolume(Volume volume) {
            call("deleteVolume " + volume.name());
            synchronized (volumes) {
                volumes.remove(volume.name());
            }
            files.remove(volume.name());
        }

        @Override
        public long volumeCapacity(Volume volume) {
            return files.get(volume.name()).length;
        }

        @Override
        public String volumeXml(Volume volume) {
            synchronized (volumes) {
                var xml = volumes.get(volume.name());
                return xml.replace("</volume>", "<physical>%d</physical></volume>".formatted(files.get(volume.name()).length));
            }
        }

        @Override
        public void resizeVolume(Volume volume, long bytes) {
            call("resizeVolume");
            files.computeIfPresent(volume.name(), (_, old) -> Arrays.copyOf(old, (int) bytes));
        }

        @Override
        public void upload(Volume volume, long offset, long length, InputStream bytes) {
            call("upload " + volume.name() + " at " + offset);
            try {
                var data = bytes.readNBytes((int) length);
                var file = files.get(volume.name());
                var grown = file.length < offset + data.length ? Arrays.copyOf(file, (int) offset + data.length) : file;
                System.arraycopy(data, 0, grown, (int) offset, data.length);
                files.put(volume.name(), grown);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        @Override
        public InputStream download(Volume volume, long offset, long length) {
            call("download");
            return new ByteArrayInputStream(files.get(volume.name()));
        }

        @Override
        public Optional<String> networkXml(String name) {
            return Optional.ofNullable(networks.get(name));
        }

        @Override
        public boolean networkRuns(String name) {
            return networks.containsKey(name);
        }

        @Override
        public void defineNetwork(String xml) {
            call("defineNetwork");
            networks.put(Xml.textAt(Xml.read(xml), "name").orElseThrow(), xml);
        }

        @Override
        public void startNetwork(String name) {
            call("startNetwork");
        }

        @Override
        public void stopNetwork(String name) {
            call("stopNetwork");
        }

        @Override
        public void undefineNetwork(String name) {
            call("undefineNetwork");
            networks.remove(name);
        }

        @Override
        public void updateDhcpHost(String name, int command, int ip, String xml) {
            call("updateDhcpHost %d %d %s".formatted(command, ip, xml));
        }

        @Override
        public List<String> filters() {
            return List.copyOf(filters.keySet());
        }

        @Override
        public void defineFilter(String xml) {
            call("defineFilter");
            filters.put(Xml.read(xml).getAttribute("name"), xml);
        }

        @Override
        public void undefineFilter(String name) {
            call("undefineFilter");
            filters.remove(name);
        }

        @Override
        public void listen(Consumer<DomainEvent> listener) {
            listeners.add(listener);
        }

        @Override
        public void onClosed(Consumer<String> listener) {
            closers.add(listener);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
            connections.remove(this);
        }
    }
}
