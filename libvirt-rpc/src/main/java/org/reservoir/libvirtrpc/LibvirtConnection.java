package org.reservoir.libvirtrpc;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * One connection to one libvirtd. Safe for use by any number of threads: calls are under way side by side, each ends by its deadline, and
 * one that is not answered holds up no other. Closing it, or losing it, ends every call and stream on it. It does not connect again by
 * itself: who uses it knows what must be asked anew.
 *
 * <p>"Not there" is an empty Optional; calls that end something are content when it has ended already.
 */
public interface LibvirtConnection extends HostCalls, DomainCalls, SnapshotCalls, MigrationCalls, StorageCalls, NetworkCalls, FilterCalls, AutoCloseable {

    /**
     * Connects.
     *
     * @param uri as libvirt writes it: {@code qemu:///system}, {@code qemu+unix:///system?socket=/path}, {@code qemu+tcp://host/system},
     *     {@code qemu+tls://host/system?pkipath=/folder}, {@code qemu+ssh://user@host/system?keyfile=/file}, {@code test:///default}, …
     * @throws LibvirtFailure BadAddress or Unreachable, within {@link ConnectOptions#connectWithin} and a few calls' patience
     */
    static LibvirtConnection open(String uri, ConnectOptions options) {
        return RpcConnection.open(uri, options);
    }

    static LibvirtConnection open(String uri) {
        return open(uri, ConnectOptions.DEFAULT);
    }

    /** The same connection with another deadline for each call. */
    LibvirtConnection within(Duration patience);

    /** From now on, every event of every domain; called on the connection's own thread, which must not make calls on it. */
    void listen(Consumer<DomainEvent> listener);

    /** Called once when the connection is lost, with the reason; not when it is closed here. */
    void onClosed(Consumer<String> listener);

    /**
     * How many calls, also such as nobody waits for any more, libvirtd has been at for longer than that. It works on few calls of one
     * connection at once ({@code max_client_requests}, usually 5) and reads nothing more before one of them ends, not even a sign of life:
     * where several wait for guests that stand still, make the next calls on {@link #another} connection.
     */
    int unanswered(Duration longer);

    boolean isOpen();

    @Override
    void close();
}
