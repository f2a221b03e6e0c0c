package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.ByteStream;
import org.reservoir.libvirtrpc.Domain;

/**
 * Listens to the voice channel of every running guest, within {@link VoiceLines}' bounds. A channel that ends is opened again while its
 * guest runs. A guest that floods it is not read for {@link #HUSH}: its writing then blocks in the guest, and costs nobody else.
 * The channel is not taken from others who listen already, such as another server of the site.
 */
final class Voices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Voices.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration HUSH = Duration.ofSeconds(10);
    /** Refused so often in a row, people are told. */
    private static final int REFUSALS_TOLD = 10;

    /** Who hears. */
    interface Ear {
        void said(VeeId vee, String line);

        /** So many lines were dropped. */
        void unheard(VeeId vee, long lines);
    }

    private final Link link;
    private final Ear ear;
    private final Map<VeeId, Listening> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Voices(Link link, Ear ear) {
        this.link = link;
        this.ear = ear;
    }

    /** From now on, until {@link #ended}; a guest that is listened to already stays so. */
    void runs(VeeId vee, Domain dom) {
        if (!closed) {
            open.computeIfAbsent(vee, _ -> new Listening(vee, dom)).begin();
        }
    }

    void ended(VeeId vee) {
        var listening = open.remove(vee);
        if (listening != null) {
            listening.stop();
        }
    }

    void forgetAll() {
        open.keySet().forEach(this::ended);
    }

    @Override
    public void close() {
        closed = true;
        forgetAll();
    }

    private final class Listening {
        private final VeeId vee;
        private final Domain dom;
        private volatile boolean stopped;
        private volatile ByteStream stream;
        private final Thread thread;
        private int refusals;

        Listening(VeeId vee, Domain dom) {
            this.vee = vee;
            this.dom = dom;
            this.thread = Thread.ofVirtual().name("voice-" + vee).unstarted(this::listen);
        }

        synchronized void begin() {
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            }
        }

        void stop() {
            stopped = true;
            thread.interrupt();
            var now = stream;
            if (now != null) {
                now.close();
            }
        }

        private void listen() {
            var lines = new VoiceLines(line -> ear.said(vee, line), System.nanoTime());
            try {
                while (!stopped) {
                    lines.begin();
                    try (var channel = link.slow().channel(dom, DomainXml.VOICE, false)) {
                        stream = channel;
                        refusals = 0;
                        read(channel.in(), lines);
                    } catch (HostFailure | IOException failure) {
                        refused(failure);
                    }
                    Thread.sleep(lines.floods() ? HUSH : AGAIN);
                }
            } catch (InterruptedException _) {
                // the guest ended, or the host was let go
            }
        }

        private void read(InputStream in, VoiceLines lines) throws IOException {
            var buffer = new byte[4096];
            for (int read = in.read(buffer); read >= 0 && !stopped; read = in.read(buffer)) {
                lines.take(buffer, read, System.nanoTime());
                long dropped = lines.dropped();
                if (dropped > 0) {
                    ear.unheard(vee, dropped);
                }
                if (lines.floods()) {
                    LOG.warn("{} floods its voice channel and is not heard for {} s.", vee, HUSH.toSeconds());
                    return;
                }
            }
        }

        /** The event that told of the guest's end may have been lost. */
        private void refused(Exception failure) {
            LOG.debug("Voice of {} on {}: {}", vee, dom.name(), failure.getMessage());
            if (++refusals == REFUSALS_TOLD) {
                LOG.warn("What {} says is not heard here: {}. Asking again every {} s; another server may be listening.", vee, failure.getMessage(), AGAIN.toSeconds());
            }
            if (failure instanceof HostFailure host && host.kind() == HostFailure.Kind.NO_SUCH_GUEST) {
                stopped = true;
                open.remove(vee, this);
            }
        }
    }
}
