package org.reservoir.monitoring.wire;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.reservoir.monitoring.probe.SourceId;

/**
 * One connection that carries frames, each behind its length (4 bytes, little endian). It begins with a HELLO of 16 random bytes
 * from each side, the sender's first; with a shared key, all frames after it are sealed under a key made of that key and both
 * HELLOs, so that nothing recorded on one connection is good on another. Frames are numbered from 1 in each direction; one out
 * of turn ends the connection. One thread may send while another receives.
 */
final class FrameSocket implements AutoCloseable {
    private static final int GREETING = 16;
    private static final int CONNECT_MILLIS = 5_000;
    /** Both sides say something at least every {@link #BEAT_MILLIS}. */
    static final int SILENCE_MILLIS = 45_000;
    static final int BEAT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] length = new byte[4];
    private final byte[] lengthIn = new byte[4 + Cursor.SLACK];
    private final Cursor cursor = new Cursor();
    private SourceId source;
    private Optional<Seal> closing = Optional.empty();
    private Optional<Seal> opening = Optional.empty();
    private long sent;
    private long received;

    private FrameSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(SILENCE_MILLIS);
        this.in = new java.io.BufferedInputStream(socket.getInputStream(), Frame.LARGEST);
        this.out = new BufferedOutputStream(socket.getOutputStream(), Frame.LARGEST + 4);
    }

    /** Connects as the side that has measurements. */
    static FrameSocket connect(InetSocketAddress to, Protection protection, SourceId source) throws IOException {
        var plain = new Socket();
        try {
            plain.connect(to, CONNECT_MILLIS);
            plain.setSoTimeout(SILENCE_MILLIS);
            var tls = protection.tls();
            var connection = new FrameSocket(tls.isPresent() ? encrypted((SSLSocket) tls.get().getSocketFactory().createSocket(plain, to.getHostString(), to.getPort(), true)) : plain);
            var ours = greeting();
            connection.source = source;
            connection.greet(ours, source);
            var theirs = connection.greeted();
            connection.agree(protection.secret(), ours, theirs, Frame.TO_LISTENER, Frame.TO_SOURCE);
            return connection;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** How who listens knows those who come: by certificates of theirs too ({@code both}), or by keys of the voices alone. */
    record Door(Optional<SSLContext> tls, boolean both, Voices voices) {}

    /** Takes a connection as the side that listens. @throws Forged when nobody of that name may speak */
    static FrameSocket accept(Socket plain, Door door, int patienceMillis) throws IOException {
        plain.setSoTimeout(patienceMillis);
        var socket = door.tls().isPresent() ? decrypted((SSLSocket) door.tls().get().getSocketFactory().createSocket(plain, plain.getInputStream(), true), door.both()) : plain;
        var connection = new FrameSocket(socket);
        socket.setSoTimeout(patienceMillis);
        var theirs = connection.greeted();
        var key = door.voices().of(connection.source).orElseThrow(() -> new Forged("nobody has its key")).key();
        var ours = greeting();
        connection.greet(ours, connection.source);
        connection.agree(key, theirs, ours, Frame.TO_SOURCE, Frame.TO_LISTENER);
        socket.setSoTimeout(SILENCE_MILLIS);
        return connection;
    }

    private static SSLSocket encrypted(SSLSocket socket) throws IOException {
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLSocket decrypted(SSLSocket socket, boolean both) throws IOException {
        socket.setUseClientMode(false);
        socket.setNeedClientAuth(both);
        socket.startHandshake();
        return socket;
    }

    /** Who has the measurements. */
    SourceId source() {
        return source;
    }

    /** Sends a frame whose body ends at {@code end}; header and seal are added, for which it must have room. */
    void send(byte[] frame, int kind, int end) throws IOException {
        Frame.putHeader(frame, kind, source.value(), ++sent);
        write(frame, closing.isPresent() ? closing.get().close(frame, end) : end);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Waits for the next frame. @return where its body ends @throws IOException also when it is none, forged or out of turn */
    int receive(byte[] frame) throws IOException {
        int end = read(frame, Frame.LARGEST);
        if (!Frame.isFrame(frame, end) || Frame.source(frame) != source.value() || Frame.number(frame) != ++received) {
            throw new Forged();
        }
        int opened = opening.isPresent() ? opening.get().open(frame, end) : end;
        if (opened < 0) {
            throw new Forged();
        }
        return opened;
    }

    /** What came was not from who holds the key, or was tampered with. */
    static final class Forged extends IOException {
        Forged() {
            this("a frame that is none, forged or out of turn");
        }

        Forged(String why) {
            super(why);
        }
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static byte[] greeting() {
        var random = new byte[GREETING];
        new SecureRandom().nextBytes(random);
        return random;
    }

    private void greet(byte[] greeting, SourceId who) throws IOException {
        var frame = new byte[Frame.HEADER + GREETING + Cursor.SLACK];
        System.arraycopy(greeting, 0, frame, Frame.HEADER, GREETING);
        Frame.putHeader(frame, Frame.HELLO, who.value(), 0);
        write(frame, Frame.HEADER + GREETING);
        flush();
    }

    private byte[] greeted() throws IOException {
        var frame = new byte[Frame.HEADER + GREETING + Cursor.SLACK];
        int end = read(frame, Frame.HEADER + GREETING); // a stranger gets no more room than that
        boolean known = source == null || source.value() == Frame.source(frame);
        if (end != Frame.HEADER + GREETING || !Frame.isFrame(frame, end) || Frame.kind(frame) != Frame.HELLO || !known) {
            throw new Forged();
        }
        source = new SourceId(Frame.source(frame));
        return java.util.Arrays.copyOfRange(frame, Frame.HEADER, end);
    }

    private void agree(Optional<byte[]> shared, byte[] first, byte[] second, int outward, int inward) {
        var key = shared.map(secret -> derive(secret, first, second));
        closing = key.map(agreed -> new Seal(agreed, source.value(), outward));
        opening = key.map(agreed -> new Seal(agreed, source.value(), inward));
    }

    private static byte[] derive(byte[] shared, byte[] first, byte[] second) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(shared, "HmacSHA256"));
            mac.update("reservoir connection 1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            mac.update(first);
            return mac.doFinal(second);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HMAC-SHA-256", e);
        }
    }

    private void write(byte[] frame, int end) throws IOException {
        for (int i = 0; i < 4; i++) {
            length[i] = (byte) (end >>> 8 * i);
        }
        out.write(length);
        out.write(frame, 0, end);
    }

    private int read(byte[] frame, int most) throws IOException {
        readFully(lengthIn, 4);
        int end = cursor.over(lengthIn, 0, 4).takeInt();
        if (end < Frame.HEADER || end > most) {
            throw new Forged();
        }
        readFully(frame, end);
        return end;
    }

    private void readFully(byte[] bytes, int wanted) throws IOException {
        if (in.readNBytes(bytes, 0, wanted) < wanted) {
            throw new EOFException("the other side has closed the connection");
        }
    }
}
