package org.reservoir.libvirtrpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Writes XDR (RFC 4506), as far as libvirt's remote protocol uses it, and the few structures that recur there. */
public final class XdrWriter {
    private ByteBuffer buffer = ByteBuffer.allocate(256);

    private ByteBuffer room(int more) {
        if (buffer.remaining() < more) {
            buffer = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + more)).put(buffer.flip());
        }
        return buffer;
    }

    /** 32 bits: int, unsigned int, bool and enums alike. */
    public XdrWriter number(int value) {
        room(4).putInt(value);
        return this;
    }

    /** 64 bits. */
    public XdrWriter hyper(long value) {
        room(8).putLong(value);
        return this;
    }

    public XdrWriter text(String value) {
        return opaque(value.getBytes(StandardCharsets.UTF_8));
    }

    /** A string that may be absent. */
    public XdrWriter maybe(Optional<String> value) {
        number(value.isPresent() ? 1 : 0);
        value.ifPresent(this::text);
        return this;
    }

    /** Bytes of any number, filled up to a multiple of four. */
    public XdrWriter opaque(byte[] value) {
        number(value.length);
        room(value.length + 3).put(value).put(new byte[(4 - value.length % 4) % 4]);
        return this;
    }

    public XdrWriter uuid(UUID value) {
        return hyper(value.getMostSignificantBits()).hyper(value.getLeastSignificantBits());
    }

    public XdrWriter domain(Domain domain) {
        return text(domain.name()).uuid(domain.uuid()).number(domain.id());
    }

    public XdrWriter volume(Volume volume) {
        return text(volume.pool()).text(volume.name()).text(volume.key());
    }

    /** A network, a filter or a pool. */
    public XdrWriter named(Named named) {
        return text(named.name()).uuid(named.uuid());
    }

    /** Typed parameters: Integer, Long (unsigned there) or String; a list becomes one parameter for each of its members. */
    public XdrWriter parameters(Map<String, Object> parameters) {
        var flat = new ArrayList<Map.Entry<String, Object>>();
        parameters.forEach((name, value) -> (value instanceof List<?> many ? many : List.of(value)).forEach(one -> flat.add(Map.entry(name, one))));
        number(flat.size());
        flat.forEach(entry -> parameter(entry.getKey(), entry.getValue()));
        return this;
    }

    private void parameter(String name, Object value) {
        text(name);
        switch (value) {
            case Integer number -> number(1).number(number);
            case Long number -> number(4).hyper(number);
            case String string -> number(7).text(string);
            default -> throw new IllegalArgumentException("no typed parameter: %s = %s".formatted(name, value));
        }
    }

    public byte[] bytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
