package org.reservoir.libvirtrpc;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One packet of libvirt's RPC (docs/kbase/internals/rpc and {@code src/rpc/virnetprotocol.x}): its length, then a header of six numbers,
 * then the payload. Several calls may be under way at once; the serial tells which answer belongs to which.
 */
record Packet(int program, int procedure, int type, int serial, int status, ByteBuffer payload) {
    static final int REMOTE = 0x20008086;
    static final int QEMU = 0x20008087;
    static final int KEEPALIVE = 0x6b656570;

    static final int CALL = 0;
    static final int REPLY = 1;
    static final int MESSAGE = 2;
    static final int STREAM = 3;

    static final int OK = 0;
    static final int ERROR = 1;
    static final int CONTINUE = 2;

    private static final int VERSION = 1;
    private static final int HEADER = 28;
    /** VIR_NET_MESSAGE_MAX. */
    private static final int LONGEST = 32 << 20;

    static Packet of(int program, int procedure, int type, int serial, int status, byte[] payload) {
        return new Packet(program, procedure, type, serial, status, ByteBuffer.wrap(payload));
    }

    byte[] bytes() {
        int length = HEADER + payload.remaining();
        return ByteBuffer.allocate(length).putInt(length).putInt(program).putInt(VERSION).putInt(procedure).putInt(type).putInt(serial).putInt(status)
                .put(payload.duplicate()).array();
    }

    /** @throws IOException when the bytes end, or are no packet of a program we speak: nothing after them can be trusted then */
    static Packet read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < HEADER || length > LONGEST) {
            throw new IOException("a packet of %d bytes: this is no libvirtd, or its bytes are garbled".formatted(length));
        }
        int program = in.readInt();
        int version = in.readInt();
        if (program != REMOTE && program != QEMU && program != KEEPALIVE || version != VERSION) {
            throw new IOException("a packet of program 0x%08x, version %d".formatted(program, version));
        }
        var packet = new Packet(program, in.readInt(), in.readInt(), in.readInt(), in.readInt(), payload(in, length - HEADER));
        if (packet.type < REPLY || packet.type > STREAM || packet.status < OK || packet.status > CONTINUE) {
            throw new IOException("a packet of type %d and status %d".formatted(packet.type, packet.status));
        }
        return packet;
    }

    /** Grows with what really arrives, so that an announced length alone costs nothing. */
    private static ByteBuffer payload(DataInputStream in, int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("%d bytes of %d".formatted(bytes.length, length));
        }
        return ByteBuffer.wrap(bytes);
    }

    /** @throws LibvirtError when the packet says that the call failed */
    XdrReader result() {
        var in = new XdrReader(payload);
        if (status == ERROR) {
            int code = in.number();
            int area = in.number();
            throw new LibvirtError(code, area, in.maybe().orElse("libvirt error " + code));
        }
        return in;
    }
}
