package org.reservoir.veeh.libvirt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** XDR (RFC 4506), as far as libvirt's remote protocol uses it, with the few structures that recur in it. */
final class Xdr {
    private Xdr() {}

    static final class Writer {
        private ByteBuffer buffer = ByteBuffer.allocate(256);

        private ByteBuffer room(int more) {
            if (buffer.remaining() < more) {
                buffer = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + more)).put(buffer.flip());
            }
            return buffer;
        }

        Writer number(int value) {
            room(4).putInt(value);
            return this;
        }

        Writer hyper(long value) {
            room(8).putLong(value);
            return this;
        }

        Writer text(String value) {
            return opaque(value.getBytes(StandardCharsets.UTF_8));
        }

        /** A string that may be absent. */
        Writer maybe(Optional<String> value) {
            number(value.isPresent() ? 1 : 0);
            value.ifPresent(this::text);
            return this;
        }

        Writer opaque(byte[] value) {
            number(value.length);
            room(value.length + 3).put(value).put(new byte[(4 - value.length % 4) % 4]);
            return this;
        }

        Writer uuid(UUID value) {
            return hyper(value.getMostSignificantBits()).hyper(value.getLeastSignificantBits());
        }

        Writer domain(Daemon.Dom dom) {
            return text(dom.name()).uuid(dom.uuid()).number(dom.id());
        }

        Writer volume(Daemon.Vol volume) {
            return text(volume.pool()).text(volume.name()).text(volume.key());
        }

        Writer named(Named named) {
            return text(named.name()).uuid(named.uuid());
        }

        /** Typed parameters; a list becomes one parameter for each of its texts. */
        Writer parameters(Map<String, Object> parameters) {
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
                default -> throw new IllegalStateException("no typed parameter: %s = %s".formatted(name, value));
            }
        }

        byte[] bytes() {
            return java.util.Arrays.copyOf(buffer.array(), buffer.position());
        }
    }

    /** A network, a filter or a pool. */
    record Named(String name, UUID uuid) {}

    record Reader(ByteBuffer in) {
        int number() {
            return in.getInt();
        }

        long hyper() {
            return in.getLong();
        }

        byte[] opaque() {
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new IllegalStateException("%d bytes announced, %d there".formatted(length, in.remaining()));
            }
            var bytes = new byte[length];
            in.get(bytes).position(in.position() + (4 - length % 4) % 4);
            return bytes;
        }

        String text() {
            return new String(opaque(), StandardCharsets.UTF_8);
        }

        Optional<String> maybe() {
            return number() == 0 ? Optional.empty() : Optional.of(text());
        }

        /** A {@code char[length]}: XDR gives each character four bytes. */
        String characters(int length) {
            var text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                int one = number();
                if (one != 0) {
                    text.append((char) one);
                }
            }
            return text.toString();
        }

        UUID uuid() {
            return new UUID(hyper(), hyper());
        }

        Daemon.Dom domain() {
            return new Daemon.Dom(text(), uuid(), number());
        }

        Daemon.Vol volume() {
            return new Daemon.Vol(text(), text(), text());
        }

        Named named() {
            return new Named(text(), uuid());
        }

        <T> List<T> list(Function<Reader, T> each) {
            int count = number();
            var list = new ArrayList<T>(Math.min(count, 1 << 16));
            for (int i = 0; i < count; i++) {
                list.add(each.apply(this));
            }
            return list;
        }

        Map<String, Object> parameters() {
            var parameters = new HashMap<String, Object>();
            int count = number();
            for (int i = 0; i < count; i++) {
                parameters.put(text(), value(number()));
            }
            return parameters;
        }

        private Object value(int type) {
            return switch (type) {
                case 1, 2 -> number();
                case 3, 4 -> hyper();
                case 5 -> in.getDouble();
                case 6 -> number() != 0;
                case 7 -> text();
                default -> throw new IllegalStateException("typed parameter of type " + type);
            };
        }

        Map<String, Long> fields() {
            var fields = new HashMap<String, Long>();
            int count = number();
            for (int i = 0; i < count; i++) {
                fields.put(text(), hyper());
            }
            return fields;
        }
    }
}
