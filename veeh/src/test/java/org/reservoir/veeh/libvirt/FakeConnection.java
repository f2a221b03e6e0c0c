package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.Answer;
import org.reservoir.libvirtrpc.ByteStream;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.libvirtrpc.LibvirtFailure;
import org.reservoir.libvirtrpc.Procedure;
import org.reservoir.libvirtrpc.XdrReader;
import org.reservoir.libvirtrpc.XdrWriter;

/** One connection to a {@link FakeLibvirtd}; all of them see the same state. */
final class FakeConnection implements LibvirtConnection, FakeFacts, FakeDomains, FakeMoves, FakeStorage, FakeNetworks {
    private final FakeLibvirtd libvirtd;
    final List<Consumer<DomainEvent>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> closers = new CopyOnWriteArrayList<>();
    /** Calls that are not answered. */
    volatile int hanging;
    private volatile boolean open = true;

    FakeConnection(FakeLibvirtd libvirtd) {
        this.libvirtd = libvirtd;
    }

    @Override
    public FakeLibvirtd libvirtd() {
        return libvirtd;
    }

    void breakDown(String why) {
        open = false;
        libvirtd.connections.remove(this);
        closers.forEach(closer -> closer.accept(why));
    }

    @Override
    public void call(String what) {
        if (!open || libvirtd.failAfter-- <= 0) {
            throw new HostFailure(Kind.UNREACHABLE, "broke at " + what);
        }
        libvirtd.calls.add(what);
        libvirtd.meanwhile.accept(what);
    }

    @Override
    public void need(String what) {
        if (!libvirtd.takes(what)) {
            throw new HostFailure(Kind.UNSUPPORTED, "this function is not supported by the connection driver: " + what);
        }
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
    public <T> List<Answer<T>> askAll(Procedure procedure, List<Consumer<XdrWriter>> arguments, Function<XdrReader, T> result) {
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
        return libvirtd.dial();
    }

    @Override
    public void listen(Consumer<DomainEvent> listener) {
        need("listen");
        listeners.add(listener);
    }

    @Override
    public void onClosed(Consumer<String> listener) {
        closers.add(listener);
    }

    @Override
    public int unanswered(Duration longer) {
        return hanging;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        libvirtd.connections.remove(this);
    }
}
