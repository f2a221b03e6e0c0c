package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Connections for calls of one sort: usually one, and a few more while calls hang on it. A guest whose process stands still keeps the call that
 * waits for it, and libvirtd reads no further from a connection that has too many of them. What is under way stays where it is.
 */
final class Lane implements AutoCloseable {
    /** libvirtd's max_client_requests is 5 by default; signs of life need one of them. */
    private static final int MOST_AT_ONCE = 3;
    /** libvirtd's max_workers is 20 by default, for all connections together. */
    private static final int MOST_CONNECTIONS = 3;

    private final Supplier<LibvirtConnection> dialer;
    private final Duration brief;
    private final List<LibvirtConnection> connections;
    private final ReentrantLock dialling = new ReentrantLock();
    private boolean closed;

    private Lane(Supplier<LibvirtConnection> dialer, Duration brief, List<LibvirtConnection> first) {
        this.dialer = dialer;
        this.brief = brief;
        this.connections = new CopyOnWriteArrayList<>(first);
    }

    /** @param brief what a call may take without being thought to hang */
    static Lane on(LibvirtConnection first, Supplier<LibvirtConnection> dialer, Duration brief) {
        return new Lane(dialer, brief, List.of(first));
    }

    /** Connects when it is first used, and takes any call that is not answered yet for one that hangs. */
    static Lane of(Supplier<LibvirtConnection> dialer) {
        return new Lane(dialer, Duration.ZERO, List.of());
    }

    /** One on which a call is worked on at once; where there is none, the one with the fewest. */
    LibvirtConnection free() {
        return connections.stream().filter(this::isFree).findFirst().orElseGet(this::another);
    }

    private boolean isFree(LibvirtConnection connection) {
        return connection.isOpen() && hanging(connection) < MOST_AT_ONCE;
    }

    private int hanging(LibvirtConnection connection) {
        return connection.unanswered(brief);
    }

    private LibvirtConnection another() {
        dialling.lock();
        try {
            if (closed) {
                throw new HostFailure(HostFailure.Kind.UNREACHABLE, "The connections to the host are let go of.");
            }
            connections.removeIf(connection -> !connection.isOpen());
            var free = connections.stream().filter(this::isFree).findFirst();
            if (free.isPresent()) {
                return free.get();
            }
            if (connections.size() >= MOST_CONNECTIONS) {
                return connections.stream().min(Comparator.comparingInt(this::hanging)).orElseThrow();
            }
            var next = dialer.get();
            connections.add(next);
            return next;
        } finally {
            dialling.unlock();
        }
    }

    @Override
    public void close() {
        dialling.lock();
        try {
            closed = true;
            connections.forEach(LibvirtConnection::close);
        } finally {
            dialling.unlock();
        }
    }
}
