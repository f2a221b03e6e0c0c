package org.reservoir.monitoring.lattice;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.reservoir.monitoring.probe.ValueType;

/**
 * One measurement as it travels in Lattice's data plane.
 *
 * @param source   of the data source
 * @param message  number of the message; Lattice gives many the same, so it means nothing
 * @param sequence counts the probe's measurements
 * @param probe    of the probe
 * @param type     such as {@code infra_vee}
 * @param at       when it was measured, in epoch milliseconds
 * @param delta    milliseconds since the measurement before
 * @param service  whose it is
 * @param group    of the probe
 * @param named    the probe's name; empty in messages without names
 * @param values   in the order of the message
 */
public record LatticeMessage(UUID source, int message, long sequence, UUID probe, String type, long at, long delta, UUID service, UUID group, Optional<String> named,
                             List<Value> values) {
    private static final int MEASUREMENT = 102;
    private static final int WITH_NAMES = 1;

    /**
     * @param name  empty in messages without names
     * @param value a {@code Long} (all whole numbers and booleans), {@code Double}, text, bytes, list, map or {@code Table}
     */
    public record Value(int field, String name, ValueType type, Object value) {}

    public LatticeMessage {
        values = List.copyOf(values);
    }

    /**
     * Reads a whole message. Only the end tells how its BYTES are padded: the first way in which all of it makes sense is
     * taken. Empty when none does.
     */
    public static Optional<LatticeMessage> read(byte[] bytes, int length) {
        for (var padding : Padding.values()) {
            try {
                var in = new XdrIn(ByteBuffer.wrap(bytes, 0, length), padding);
                var message = read(in);
                if (in.isAtEnd()) {
                    return Optional.of(message);
                }
            } catch (BufferUnderflowException _) {
                // not in this way
            }
        }
        return Optional.empty();
    }

    private static LatticeMessage read(XdrIn in) {
        var source = in.id();
        if (in.integer() != MEASUREMENT) {
            throw new BufferUnderflowException();
        }
        int message = in.integer();
        long sequence = in.hyper();
        boolean names = (in.integer() & WITH_NAMES) != 0;
        var probe = in.id();
        var type = in.text();
        long at = in.hyper();
        long delta = in.hyper();
        var service = in.id();
        var group = in.id();
        var named = names ? Optional.of(in.text()) : Optional.<String>empty();
        int count = in.count();
        var values = new ArrayList<Value>(count);
        for (int i = 0; i < count; i++) {
            int field = in.integer();
            var name = names ? in.text() : "";
            var valueType = in.type();
            values.add(new Value(field, name, valueType, in.value(valueType)));
        }
        return new LatticeMessage(source, message, sequence, probe, type, at, delta, service, group, named, values);
    }

    /** The message, with names when it has a probe's name. */
    public byte[] write(Padding padding) {
        var out = new XdrOut(padding);
        out.id(source);
        out.integer(MEASUREMENT);
        out.integer(message);
        out.hyper(sequence);
        out.integer(named.isPresent() ? WITH_NAMES : 0);
        out.id(probe);
        out.text(type);
        out.hyper(at);
        out.hyper(delta);
        out.id(service);
        out.id(group);
        named.ifPresent(out::text);
        out.integer(values.size());
        for (var value : values) {
            out.integer(value.field());
            if (named.isPresent()) {
                out.text(value.name());
            }
            out.type(value.type());
            out.value(value.type(), value.value());
        }
        return out.bytes();
    }
}
