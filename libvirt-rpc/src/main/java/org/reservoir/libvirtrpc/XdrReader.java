package org.reservoir.libvirtrpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Reads what {@link XdrWriter} writes. Trusts no length: each is held against the bytes that are there before anything is allocated. */
public final class XdrReader {
    private final ByteBuffer in;

    /** @param in from its position to its limit */
    public XdrReader(ByteBuffer in) {
        this.in = in;
    }

    private ByteBuffer atLeast(int bytes) {
        if (in.remaining() < bytes) {
            throw new MalformedXdr("%d bytes expected, %d there".formatted(bytes, in.remaining()));
        }
        return in;
    }

    /** A count of things of which each takes four bytes or more. */
    private int count() {
        int count = number();
        if (count < 0 || count > in.remaining() / 4) {
            throw new MalformedXdr("%d elements announced in %d bytes".formatted(count, in.remaining()));
        }
        return count;
    }

    public int number() {
        return atLeast(4).getInt();
    }

    public long hyper() {
        return atLeast(8).getLong();
    }

    public byte[] opaque() {
        int length = number();
        int padding = (4 - length & 3) & 3;
        if (length < 0 || length > in.remaining() - padding) {
            throw new MalformedXdr("%d bytes announced, %d there".formatted(length, in.remaining()));
        }
        var bytes = new byte[length];
        in.get(bytes).position(in.position() + padding);
        return bytes;
    }

    public String text() {
        return new String(opaque(), StandardCharsets.UTF_8);
    }

    public Optional<String> maybe() {
        return number() == 0 ? Optional.empty() : Optional.of(text());
    }

    /** A {@code char[length]}: XDR gives each character four bytes. */
    public String characters(int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int one = number();
            if (one != 0) {
                text.append((char) one);
            }
        }
        return text.toString();
    }

    public UUID uuid() {
        return new UUID(hyper(), hyper());
    }

    public Domain domain() {
        return new Domain(text(), uuid(), number());
    }

    public Volume volume() {
        return new Volume(text(), text(), text());
    }

    /** A network, a filter or a pool. */
    public Named named() {
        return new Named(text(), uuid());
    }

    public <T> List<T> list(Function<XdrReader, T> each) {
        int count = count();
        var list = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            list.add(each.apply(this));
        }
        return list;
    }

    /** Typed parameters: Integer, Long, Double, Boolean or String. */
    public Map<String, Object> parameters() {
        var parameters = new HashMap<String, Object>();
        int count = count();
        for (int i = 0; i < count; i++) {
            parameters.put(text(), value(number()));
        }
        return parameters;
    }

    private Object value(int type) {
        return switch (type) {
            case 1, 2 -> number();
            case 3, 4 -> hyper();
            case 5 -> atLeast(8).getDouble();
            case 6 -> number() != 0;
            case 7 -> text();
            default -> throw new MalformedXdr("typed parameter of type " + type);
        };
    }

    /** Names with 64-bit values. */
    public Map<String, Long> fields() {
        var fields = new HashMap<String, Long>();
        int count = count();
        for (int i = 0; i < count; i++) {
            fields.put(text(), hyper());
        }
        return fields;
    }
}
