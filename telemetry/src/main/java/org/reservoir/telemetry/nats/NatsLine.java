package org.reservoir.telemetry.nats;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.Nats;
import io.nats.client.Options;

import org.reservoir.kernel.Refused;

/** One connection to NATS, made and made again in the background for as long as it is not closed. While there is none, nothing is queued: what cannot go is said so. */
final class NatsLine implements AutoCloseable {
    private static final int MOST_WAITING = 50_000;
    private static final Duration RETRY = Duration.ofMillis(500);

    private final AtomicBoolean ready = new AtomicBoolean();
    private final Consumer<NatsLine> begin;
    private volatile Optional<Connection> connection = Optional.empty();
    private volatile boolean closed;
    private volatile String trouble = "nobody answers there";

    /** @param begin called once, when there is a connection for the first time: to subscribe; NATS keeps subscriptions over reconnections */
    NatsLine(NatsSettings settings, String name, Consumer<NatsLine> begin) {
        this.begin = begin;
        var options = Options.builder().servers(settings.servers().stream().map(URI::toString).toArray(String[]::new)).connectionName(name)
                .maxReconnects(-1).reconnectWait(RETRY).reconnectBufferSize(0).connectionTimeout(Duration.ofSeconds(5)).pingInterval(Duration.ofSeconds(5)).maxPingsOut(2)
                .maxMessagesInOutgoingQueue(MOST_WAITING).discardMessagesWhenOutgoingQueueFull().errorListener(troubles()).connectionListener(this::changed);
        settings.login().ifPresent(login -> options.userInfo(login.user().toCharArray(), login.password().toCharArray()));
        settings.tls().ifPresent(options::sslContext);
        try {
            Nats.connectAsynchronously(options.build(), true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("NATS_UNREACHABLE", "Interrupted while connecting to %s.".formatted(settings.servers()), "");
        }
    }

    private ErrorListener troubles() {
        return new ErrorListener() {
            @Override
            public void errorOccurred(Connection which, String error) {
                trouble = "it says: " + error;
            }

            @Override
            public void exceptionOccurred(Connection which, Exception exception) {
                trouble = Optional.ofNullable(exception.getMessage()).orElseGet(exception::toString);
            }
        };
    }

    /** Why there is no connection, as far as it is known; empty when there is one. */
    String problem() {
        return isConnected() ? "" : trouble;
    }

    boolean isConnected() {
        return connection.map(it -> it.getStatus() == Connection.Status.CONNECTED).orElse(false);
    }

    /** False when it could not go; the bytes are copied. */
    boolean publish(String subject, Optional<String> replyTo, byte[] frame, int length) {
        if (!isConnected()) {
            return false;
        }
        try {
            connection.get().publish(subject, replyTo.orElse(null), Arrays.copyOf(frame, length));
            return true;
        } catch (IllegalStateException _) { // just lost
            return false;
        }
    }

    /** Only from {@code begin}. One thread delivers the messages of all subjects. */
    void hear(MessageHandler handler, Iterable<String> subjects) {
        Dispatcher dispatcher = connection.orElseThrow().createDispatcher(handler);
        dispatcher.setPendingLimits(MOST_WAITING, 64L << 20);
        subjects.forEach(dispatcher::subscribe);
    }

    static Optional<String> replyTo(Message message) {
        return Optional.ofNullable(message.getReplyTo());
    }

    @Override
    public void close() {
        closed = true;
        if (connection.isPresent()) {
            try {
                connection.get().flush(Duration.ofSeconds(1));
            } catch (java.util.concurrent.TimeoutException | IllegalStateException _) {
                // what is not out by now is lost, and counted where it is missed
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            closeNow(connection.get());
        }
    }

    private void changed(Connection which, ConnectionListener.Events event) {
        if (closed && event == ConnectionListener.Events.CONNECTED) {
            closeNow(which);
            return;
        }
        connection = Optional.of(which);
        if (event == ConnectionListener.Events.CONNECTED && ready.compareAndSet(false, true)) {
            begin.accept(this);
        }
    }

    private static void closeNow(Connection which) {
        try {
            which.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
