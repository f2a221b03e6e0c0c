package org.reservoir.monitoring.plane;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.probe.StreamInfo;

/**
 * Which probes of a source an order is for: one or thousands. All that is given must hold.
 *
 * @param streams by number; none for any
 * @param prefix  of the name; empty for any
 * @param name    the whole name
 * @param type    of measurement
 * @param service of whose VEEs they are
 * @param kind    of probe
 */
public record Selection(Set<Integer> streams, String prefix, Optional<String> name, Optional<String> type, Optional<ServiceId> service, Optional<String> kind) {
    /** Streams that can be named by number in one order. */
    public static final int MOST_STREAMS = 256;
    public static final Selection ALL = new Selection(Set.of(), "", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public Selection {
        streams = Set.copyOf(streams);
        if (Stream.of(Optional.of(prefix), name, type, kind).flatMap(Optional::stream).anyMatch(text -> text.length() > 200)) {
            throw Refused.invalid("BAD_SELECTION", "No name is that long.", "Names have up to 200 characters.");
        }
        if (streams.size() > MOST_STREAMS) {
            throw Refused.invalid("BAD_SELECTION", "An order cannot name %d streams.".formatted(streams.size()), "Name at most %d, or a prefix.".formatted(MOST_STREAMS));
        }
    }

    public static Selection stream(int number) {
        return new Selection(Set.of(number), "", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static Selection prefix(String prefix) {
        return new Selection(Set.of(), prefix, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static Selection named(String name) {
        return new Selection(Set.of(), "", Optional.of(name), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** @param info of its stream, asked for if it must be; one that waits for its kind has none, nor a type */
    boolean takes(int number, Wanted wanted, Supplier<Optional<StreamInfo>> info) {
        return (streams.isEmpty() || streams.contains(number))
                && wanted.name().startsWith(prefix)
                && (name.isEmpty() || name.get().equals(wanted.name()))
                && (type.isEmpty() || info.get().filter(stream -> stream.schema().type().equals(type.get())).isPresent())
                && (service.isEmpty() || service.equals(wanted.labels().service()))
                && (kind.isEmpty() || kind.get().equals(wanted.kind()));
    }

    /** Whether it can mean one probe at most: then to find none is an error and not an empty answer. */
    boolean isSingle() {
        return name.isPresent() || streams.size() == 1;
    }

    @Override
    public String toString() {
        var words = new java.util.StringJoiner(" ");
        name.ifPresent(text -> words.add("probe " + text));
        kind.ifPresent(text -> words.add("of kind " + text));
        type.ifPresent(text -> words.add("of type " + text));
        service.ifPresent(id -> words.add("of " + id));
        if (!prefix.isEmpty()) {
            words.add("named %s*".formatted(prefix));
        }
        if (!streams.isEmpty()) {
            words.add(streams.size() == 1 ? "stream " + streams.iterator().next() : "%d streams".formatted(streams.size()));
        }
        return words.length() == 0 ? "all probes" : words.toString();
    }
}
