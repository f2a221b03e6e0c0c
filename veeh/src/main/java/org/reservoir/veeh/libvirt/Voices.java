package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.ByteStream;
import org.reservoir.libvirtrpc.Domain;

/**
 * Listens to the voice channel of every running guest: lines of at most 1 KiB, at most 50 a second from one guest, the rest is dropped.
 * A guest cannot make this process keep more than that. A channel that ends is opened again while its guest runs.
 */
final class Voices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Voices.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Link link;
    private final BiConsumer<VeeId, String> ear;
    private final Map<VeeId, Listening> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Voices(Link link, BiConsumer<VeeId, String> ear) {
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
            var lines = new Lines(line -> ear.accept(vee, line));
            try {
                while (!stopped) {
                    try (var channel = link.slow().channel(dom, DomainXml.VOICE, true)) {
                        stream = channel;
                        read(channel.in(), lines);
                    } catch (HostFailure | IOException failure) {
                        LOG.debug("Voice of {} on {}: {}", vee, dom.name(), failure.getMessage());
                    }
                    Thread.sleep(AGAIN);
                }
            } catch (InterruptedException _) {
                // the guest ended, or the host was let go
            }
        }

        private void read(InputStream in, Lines lines) throws IOException {
            var buffer = new byte[4096];
            for (int read = in.read(buffer); read >= 0 && !stopped; read = in.read(buffer)) {
                lines.take(buffer, read, System.nanoTime());
            }
        }
    }

    /** Makes lines of bytes, within bounds. The clock is given, not read. */
    static final class Lines {
        private static final int LONGEST = 1024;
        private static final int RATE = 50;
        private final java.util.function.Consumer<String> out;
        private final byte[] line = new byte[LONGEST];
        private int length;
        private boolean overlong;
        private double tokens = RATE;
        private long last;

        Lines(java.util.function.Consumer<String> out) {
            this.out = out;
        }

        void take(byte[] bytes, int count, long nanos) {
            tokens = Math.min(RATE, tokens + (nanos - last) / 1e9 * RATE);
            last = nanos;
            for (int i = 0; i < count; i++) {
                take(bytes[i]);
            }
        }

        private void take(byte one) {
            if (one == '\n') {
                finish();
            } else if (length == LONGEST) {
                overlong = true;
            } else {
                line[length++] = one;
            }
        }

        private void finish() {
            if (length > 0 && !overlong && tokens >= 1) {
                tokens--;
                out.accept(new String(line, 0, length, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", ""));
            }
            length = 0;
            overlong = false;
        }
    }
}
