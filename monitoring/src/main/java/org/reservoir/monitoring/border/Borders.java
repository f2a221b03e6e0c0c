package org.reservoir.monitoring.border;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.KeepingOutlet;
import org.reservoir.monitoring.wire.Spool;

/**
 * The gateways of this site, one for each service and peer site that has a part in it: opened when the first VEE of a service
 * starts at the peer, closed with the last. A listener of the site's collector; what belongs to no service with a gateway costs
 * one look. Measurements for accounting are read from the collector's inbox, so that none is missing or passed on twice though
 * the process is killed. Safe for several threads.
 */
public final class Borders implements Listener, AutoCloseable {
    private static final long TELL_MILLIS = 10_000;

    private record Place(ServiceId service, String peer) {}

    private record Gate(Terms terms, Border border) {}

    private final Map<Place, Gate> borders = new ConcurrentHashMap<>();
    private final Map<ServiceId, List<Border>> byService = new ConcurrentHashMap<>();
    private final Optional<Spool> inbox;
    private final Predicate<SourceId> abroad;
    private final SecureRandom random = new SecureRandom();
    private long toldAt;

    /** @param inbox of the collector that is listened to */
    public Borders(Optional<Spool> inbox) {
        this(inbox, _ -> false);
    }

    /** @param abroad whether a source is a peer's: what came in from one peer goes out to none, nor back */
    public Borders(Optional<Spool> inbox, Predicate<SourceId> abroad) {
        this.inbox = inbox;
        this.abroad = abroad;
    }

    /**
     * @param passed measurements that crossed
     * @param beyond measurements that should have crossed, of streams beyond as many as a gateway may have
     */
    public record Status(ServiceId service, String peer, int streams, long passed, long beyond) {}

    /**
     * Opens a gateway.
     *
     * @param peer the other site's name
     * @param way  makes the way to the peer for a source that it is given; closed with the gateway
     * @throws Refused {@code BORDER_EXISTS}
     */
    public void open(String peer, Terms terms, Function<SourceId, KeepingOutlet> way) {
        open(peer, terms, new SourceId(random.nextLong()), way);
    }

    /** The same, as a source that the peer knows its key by. */
    public void open(String peer, Terms terms, SourceId source, Function<SourceId, KeepingOutlet> way) {
        var place = new Place(terms.service(), peer);
        synchronized (borders) {
            if (borders.containsKey(place)) {
                throw Refused.conflict("BORDER_EXISTS", "Measurements of %s cross to %s already.".formatted(terms.service(), peer), "Close that border first.");
            }
            borders.put(place, new Gate(terms, new Border(terms, peer, source, way.apply(source), inbox, abroad)));
            sort(terms.service());
        }
    }

    /** Closes a gateway; what waits on disk for the peer is left there. @throws Refused {@code BORDER_NOT_FOUND} */
    public void close(ServiceId service, String peer) {
        Gate gate;
        synchronized (borders) {
            gate = borders.remove(new Place(service, peer));
            sort(service);
        }
        if (gate == null) {
            throw Refused.notFound("BORDER_NOT_FOUND", "No measurements of %s cross to %s.".formatted(service, peer), "");
        }
        gate.border().close();
    }

    public List<Status> list() {
        return borders.values().stream().map(gate -> new Status(gate.terms().service(), gate.border().peer, gate.border().streams(), gate.border().passed(), gate.border().beyond()))
                .sorted(java.util.Comparator.comparing((Status status) -> status.service().value()).thenComparing(Status::peer)).toList();
    }

    /** Reads on in the inbox and tells the peers that their gateways live; call it about once a second. */
    public void turn(long nowMillis) throws IOException {
        boolean tell = nowMillis - toldAt >= TELL_MILLIS;
        toldAt = tell ? nowMillis : toldAt;
        for (var gate : borders.values()) {
            gate.border().readInbox();
            if (tell) {
                gate.border().tellAgain();
            }
        }
    }

    /** Up to where the inbox is needed by no gateway any more. */
    public long inboxRead() {
        return borders.values().stream().mapToLong(gate -> gate.border().inboxRead()).min().orElse(Long.MAX_VALUE);
    }

    /**
     * What a peer sends us under the same terms, seen from there: hands on to {@code listener} what the peer may tell, and counts
     * what else it tries. It stands between the collector of that peer's connection and the site's own listeners.
     */
    public static Admission admission(Terms terms, Listener listener) {
        return new Admission(terms, listener);
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        throw new IllegalStateException("a gateway needs sequence numbers");
    }

    @Override
    public void measured(StreamInfo stream, long sequence, Row row) {
        for (var border : concerned(stream)) {
            border.measured(stream, sequence, row);
        }
    }

    @Override
    public void kept(StreamInfo stream, long sequence, Row row) {
        if (inbox.isEmpty()) {
            measured(stream, sequence, row);
        } // else it is read in the inbox, by and by
    }

    @Override
    public void unkept(StreamInfo stream, long sequence, Row row) {
        // it will be in the inbox
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        for (var gate : borders.values()) { // all of them: it may have left a service
            gate.border().changed(stream, state);
        }
    }

    @Override
    public void close() {
        borders.keySet().forEach(place -> close(place.service(), place.peer()));
    }

    private List<Border> concerned(StreamInfo stream) {
        return switch (stream.subject()) {
            case Subject.OfVee _ -> stream.labels().service().map(service -> byService.getOrDefault(service, List.of())).orElse(List.of());
            case Subject.OfService(var service) -> byService.getOrDefault(service, List.of());
            case Subject.OfHost _, Subject.OfSite _ -> List.of();
        };
    }

    private void sort(ServiceId service) {
        byService.put(service, borders.values().stream().filter(gate -> gate.terms().service().equals(service)).map(Gate::border).toList());
    }
}
