package org.reservoir.libvirtrpc;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** {@link LibvirtConnection} over a {@link Wire}. */
final class RpcConnection implements LibvirtConnection {
    /** VIR_DRV_FEATURE_PROGRAM_KEEPALIVE: asking for it makes libvirtd look after this side, too. */
    private static final int KEEPALIVE_FEATURE = 10;
    private static final Pattern SSH_SAYS_NO = Pattern.compile("Permission denied \\(|Host key verification failed|Too many authentication failures");
    private static final int AUTH_NONE = 0;
    private static final int AUTH_POLKIT = 2;
    private static final int EVENT_LIFECYCLE = 0;
    private static final int EVENT_DEVICE_REMOVED = 15;

    private final Address address;
    private final ConnectOptions options;
    private final Wire wire;
    private final Duration patience;

    private RpcConnection(Address address, ConnectOptions options, Wire wire, Duration patience) {
        this.address = address;
        this.options = options;
        this.wire = wire;
        this.patience = patience;
    }

    static LibvirtConnection open(String uri, ConnectOptions options) {
        try {
            var connection = connect(Address.of(uri), options);
            connection.call(Procedure.CONNECT_SUPPORTS_FEATURE, out -> out.number(KEEPALIVE_FEATURE));
            return connection;
        } catch (LibvirtFailure failure) {
            throw options.failures().apply(failure);
        }
    }

    private static RpcConnection connect(Address address, ConnectOptions options) {
        var transport = Transports.open(address, options);
        return connect(address, options, new Wire(transport, String.valueOf(address.uri().getHost()), options.pingEvery(), options.silence()));
    }

    /** Says who asks and what is to be opened. */
    private static RpcConnection connect(Address address, ConnectOptions options, Wire wire) {
        try {
            var quiet = new RpcConnection(address, options.failures(failure -> failure), wire, options.patience());
            quiet.authenticate();
            quiet.call(Procedure.CONNECT_OPEN, out -> out.maybe(Optional.of(address.local())).number(0));
            return new RpcConnection(address, options, wire, options.patience());
        } catch (LibvirtError error) {
            wire.close();
            throw error.tellsOfNoAnswer() ? unopened(address, error) : denied(address, error);
        } catch (LibvirtFailure.Denied no) {
            wire.close();
            throw denied(address, no);
        } catch (LibvirtFailure failure) {
            wire.close();
            throw unopened(address, failure);
        }
    }

    private static LibvirtFailure.Denied denied(Address address, LibvirtFailure no) {
        return new LibvirtFailure.Denied("%s cannot be opened: %s".formatted(address.uri(), no.getMessage()), no);
    }

    /** sshd says no by ending the connection, and ssh tells why. */
    private static LibvirtFailure unopened(Address address, LibvirtFailure failure) {
        var message = "%s cannot be opened: %s".formatted(address.uri(), failure.getMessage());
        return SSH_SAYS_NO.matcher(message).find() ? new LibvirtFailure.Denied(message, failure) : new LibvirtFailure.Unreachable(message, failure);
    }

    private void authenticate() {
        var ways = call(Procedure.AUTH_LIST, NOTHING, in -> in.list(XdrReader::number));
        if (ways.isEmpty() || ways.contains(AUTH_NONE)) {
            return;
        }
        if (!ways.contains(AUTH_POLKIT)) {
            throw new LibvirtFailure.Denied("the host wants a password (SASL), which is not spoken here; use tls or ssh.", null);
        }
        call(Procedure.AUTH_POLKIT, NOTHING);
    }

    @Override
    public LibvirtConnection within(Duration other) {
        return new RpcConnection(address, options, wire, other);
    }

    @Override
    public LibvirtConnection another() {
        try {
            return connect(address, options).within(patience);
        } catch (LibvirtFailure failure) {
            throw failure(failure);
        }
    }

    // ---- calls

    @Override
    public <T> Answer<T> ask(Procedure procedure, Consumer<XdrWriter> arguments, Function<XdrReader, T> result) {
        try {
            return new Answer.Given<>(read(procedure, wire.calls().call(procedure, written(arguments), patience), result));
        } catch (LibvirtError error) {
            return new Answer.Denied<>(error);
        } catch (LibvirtFailure failure) {
            throw failure(failure);
        }
    }

    @Override
    public <T> List<Answer<T>> askAll(Procedure procedure, List<Consumer<XdrWriter>> arguments, Function<XdrReader, T> result) {
        try {
            return wire.calls().callAll(procedure, arguments.stream().map(RpcConnection::written).toList(), patience).stream().map(packet -> answer(procedure, packet, result)).toList();
        } catch (LibvirtFailure failure) {
            throw failure(failure);
        }
    }

    private <T> Answer<T> answer(Procedure procedure, Packet packet, Function<XdrReader, T> result) {
        try {
            return new Answer.Given<>(read(procedure, packet, result));
        } catch (LibvirtError error) {
            return new Answer.Denied<>(error);
        }
    }

    private <T> T read(Procedure procedure, Packet packet, Function<XdrReader, T> result) {
        try {
            return result.apply(packet.result());
        } catch (MalformedXdr garbled) {
            throw wire.garbled(procedure, garbled);
        }
    }

    private static byte[] written(Consumer<XdrWriter> arguments) {
        var out = new XdrWriter();
        arguments.accept(out);
        return out.bytes();
    }

    private <T> T read(Procedure procedure, XdrReader in, Function<XdrReader, T> result) {
        try {
            return result.apply(in);
        } catch (MalformedXdr garbled) {
            throw wire.garbled(procedure, garbled);
        }
    }

    @Override
    public RuntimeException failure(LibvirtFailure failure) {
        return options.failures().apply(failure);
    }

    @Override
    public ByteStream stream(Procedure procedure, Consumer<XdrWriter> arguments) {
        try {
            return wire.stream(procedure, written(arguments), patience);
        } catch (LibvirtFailure failure) {
            throw failure(failure);
        }
    }

    // ---- events and the end

    @Override
    public void listen(Consumer<DomainEvent> listener) {
        wire.onEvent((procedure, in) -> event(procedure, in).ifPresent(listener));
        for (int event : List.of(EVENT_LIFECYCLE, EVENT_DEVICE_REMOVED)) {
            call(Procedure.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, out -> out.number(event).number(0));
        }
    }

    private static Optional<DomainEvent> event(int procedure, XdrReader in) {
        if (procedure == Procedure.DOMAIN_EVENT_CALLBACK_LIFECYCLE.number()) {
            in.number();
            return Optional.of(new DomainEvent.Lifecycle(in.domain(), in.number(), in.number()));
        }
        if (procedure == Procedure.DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED.number()) {
            in.number();
            return Optional.of(new DomainEvent.DeviceRemoved(in.domain(), in.text()));
        }
        return Optional.empty();
    }

    @Override
    public void onClosed(Consumer<String> listener) {
        wire.onClosed(listener);
    }

    @Override
    public int unanswered(Duration longer) {
        return wire.calls().unanswered(longer);
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
