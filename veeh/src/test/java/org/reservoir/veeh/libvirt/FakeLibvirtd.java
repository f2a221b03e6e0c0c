package org.reservoir.veeh.libvirt;

import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

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
    /** What lies in its folder, which another may have, too; it lists what it has seen of that. */
    final Map<String, byte[]> files;
    final Map<String, String> volumes = new TreeMap<>();
    /** As it is defined; an administrator's own at first. Empty when there is none. */
    volatile Optional<String> pool = Optional.of("<pool><target><path>/pool</path></target></pool>");
    /** virDomainJobType that jobs are said to have ended as. */
    int jobsEndAs = 3;
    final Map<String, String> networks = new ConcurrentHashMap<>();
    final Map<String, String> filters = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<FakeConnection> connections = new CopyOnWriteArrayList<>();
    /** What every guest's agent answers. */
    volatile Function<String, Optional<String>> agent = _ -> Optional.empty();
    final List<PipedOutputStream> voices = new CopyOnWriteArrayList<>();
    /** Which driver it plays: it lacks what that one has not. */
    volatile String type = "QEMU";
    /** Guests that probe for KVM do not end by themselves. */
    volatile boolean probesHang;
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
    /** Guests let go of no device. */
    volatile boolean clinging;
    volatile int failAfter = Integer.MAX_VALUE;
    /** What happens beside our calls, just before one is answered. */
    volatile Consumer<String> meanwhile = _ -> {};
    int ids;

    FakeLibvirtd() {
        files = new ConcurrentHashMap<>();
    }

    /** On another machine, with the same folder. */
    FakeLibvirtd(FakeLibvirtd sameFolder) {
        files = sameFolder.files;
    }

    /** Its machine gets an identity, by which it signs its folder. */
    FakeLibvirtd called(String uuid) {
        capabilities = capabilities.replace("<host>", "<host><uuid>%s</uuid>".formatted(uuid));
        return this;
    }

    /** Which of the calls that not every driver takes this one takes, by libvirt's own list of them. */
    boolean takes(String call) {
        return switch (type) {
            case "Xen" -> !Set.of("stats", "processorTimes", "memoryStats").contains(call);
            case "ESX", "VBOX" -> false;
            default -> true;
        };
    }

    LibvirtConnection dial() {
        if (down) {
            throw new HostFailure(Kind.UNREACHABLE, "refused");
        }
        var connection = new FakeConnection(this);
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
}
