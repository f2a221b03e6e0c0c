package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.reservoir.kernel.ServiceId;

/**
 * What a listener wants, applied where the measurements are made: what nobody wants is neither sent nor measured.
 *
 * @param service    only of VEEs of this service
 * @param prefix     only streams whose name begins so; empty for all
 * @param type       only this type of measurement
 * @param stream     only this stream of the source
 * @param attributes only these attributes; none for all
 * @param leastGap   at most one measurement of a stream in this time
 */
public record Interest(Optional<ServiceId> service, String prefix, Optional<String> type, Optional<Integer> stream, Set<String> attributes,
                       Optional<Duration> leastGap) {
    public static final Interest ALL = new Interest(Optional.empty(), "", Optional.empty(), Optional.empty(), Set.of(), Optional.empty());

    public Interest {
        attributes = Set.copyOf(attributes);
    }

    public static Interest inService(ServiceId service) {
        return new Interest(Optional.of(service), "", Optional.empty(), Optional.empty(), Set.of(), Optional.empty());
    }

    public static Interest inType(String type) {
        return new Interest(Optional.empty(), "", Optional.of(type), Optional.empty(), Set.of(), Optional.empty());
    }

    public Interest atMostEvery(Duration gap) {
        return new Interest(service, prefix, type, stream, attributes, Optional.of(gap));
    }

    public Interest onlyAttributes(Set<String> others) {
        return new Interest(service, prefix, type, stream, others, leastGap);
    }

    public boolean wants(StreamInfo info) {
        return service.map(wanted -> info.labels().service().equals(Optional.of(wanted))).orElse(true)
                && info.name().startsWith(prefix)
                && type.map(info.schema().type()::equals).orElse(true)
                && stream.map(number -> number == info.number()).orElse(true)
                && attributeBits(info.schema()) != 0;
    }

    /** A bit for each wanted attribute. */
    long attributeBits(Schema schema) {
        if (attributes.isEmpty()) {
            return -1L;
        }
        long bits = 0;
        for (int i = 0; i < schema.size(); i++) {
            bits |= attributes.contains(schema.attributes().get(i).name()) ? 1L << i : 0;
        }
        return bits;
    }
}
