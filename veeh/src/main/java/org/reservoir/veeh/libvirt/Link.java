package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * The connections to one libvirtd: one for short calls and events, one for long calls and streams, because libvirtd serves one
 * connection's calls by few workers and a migration must not delay a listing; and those for calls that wait for guests, which never end
 * when a guest stands still. When one of the first two breaks, all are made anew, again and again with growing pauses, until {@link #close()}. Decides nothing
 * about guests.
 */
final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    /** Longer than most calls take. */
    private static final Duration BRIEF = Duration.ofSeconds(3);
    private static final Duration SHORTEST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Who uses the link: hears of each new pair of connections before anybody uses it, and of each loss. */
    interface User {
        void connected(LibvirtConnection quick);

        void lost(String why);
    }

    /** @param quick on which events are heard; when it or {@code slow} breaks, all are made anew */
    private record Connections(LibvirtConnection quick, LibvirtConnection slow, Lane quickLane, Lane slowLane, Lane guestLane, CountDownLatch broken) {
        boolean isOpen() {
            return quick.isOpen() && slow.isOpen();
        }

        void close() {
            quickLane.close();
            slowLane.close();
            guestLane.close();
        }
    }

    private final String name;
    private final Supplier<LibvirtConnection> dialer;
    private final User user;
    private volatile Connections made;
    private volatile boolean closed;
    private volatile String lastFailure = "not yet connected";
    private final Thread keeper;

    /** Connects at once. @throws HostFailure UNREACHABLE when that fails */
    Link(String name, Supplier<LibvirtConnection> dialer, User user) {
        this.name = name;
        this.dialer = dialer;
        this.user = user;
        this.made = dial();
        this.keeper = Thread.ofVirtual().name("link-" + name).unstarted(this::keep);
    }

    /** Tells the user of the first connection and keeps it from now on. */
    void begin() {
        user.connected(made.quick());
        keeper.start();
    }

    /** For calls that are answered within moments. */
    LibvirtConnection quick() {
        return present().quickLane().free();
    }

    /** For calls that may take as long as their order's patience, and for streams. */
    LibvirtConnection slow() {
        return present().slowLane().free();
    }

    /** For calls that may wait for a guest's own process, and for ever if it stands still. */
    LibvirtConnection guest() {
        return present().guestLane().free();
    }

    boolean isUp() {
        var now = made;
        return !closed && now.isOpen();
    }

    private Connections present() {
        var now = made;
        if (closed || !now.isOpen()) {
            throw new HostFailure(HostFailure.Kind.UNREACHABLE, lastFailure.startsWith(name) && !closed ? lastFailure : "No connection to %s: %s".formatted(name, closed ? "closed" : lastFailure));
        }
        return now;
    }

    private Connections dial() {
        var broken = new CountDownLatch(1);
        var quick = dialer.get();
        try {
            var slow = dialer.get();
            for (var each : new LibvirtConnection[] {quick, slow}) {
                each.onClosed(why -> {
                    lastFailure = why;
                    broken.countDown();
                });
            }
            return new Connections(quick, slow, Lane.on(quick, dialer, BRIEF), Lane.on(slow, dialer, BRIEF), Lane.of(dialer), broken);
        } catch (HostFailure failure) {
            quick.close();
            throw failure;
        }
    }

    private void keep() {
        while (!closed) {
            try {
                made.broken().await();
                if (!closed) {
                    made.close();
                    LOG.info("Lost {}: {}", name, lastFailure);
                    user.lost(lastFailure);
                    dialAgain();
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void dialAgain() throws InterruptedException {
        var pause = SHORTEST;
        while (!closed) {
            Thread.sleep(pause);
            try {
                adopt(dial());
                LOG.info("Connected to {} again", name);
                return;
            } catch (RuntimeException failure) {
                // whatever it was, the next try may find the host in a better state
                lastFailure = String.valueOf(failure.getMessage());
                LOG.debug("Not yet connected to {}", name, failure);
                pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
            }
        }
    }

    private void adopt(Connections next) {
        made = next;
        try {
            user.connected(next.quick());
        } catch (RuntimeException failure) {
            next.close();
            throw failure;
        }
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        closed = true;
        keeper.interrupt();
        made.close();
    }
}
