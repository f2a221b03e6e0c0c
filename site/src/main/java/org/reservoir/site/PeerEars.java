package org.reservoir.site;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Whereabouts;
import org.reservoir.monitoring.border.Terms;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Registry;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.Scope;

/** Hears what peers tell of services that are admitted: each border has a collector of its own, behind what it may tell. */
final class PeerEars {
    private final Listener listener;
    private final Whereabouts whereabouts;
    private final Map<Integer, SiteVoices.Ear> heard = new ConcurrentHashMap<>();

    /** @param listener who is told what was let in */
    PeerEars(Listener listener, Whereabouts whereabouts) {
        this.listener = listener;
        this.whereabouts = whereabouts;
    }

    /** Whose measurements a border lets in, by the name under which it is admitted. */
    record Place(ServiceId service, String peer) {
        static Place of(String name) {
            int blank = name.indexOf(' ');
            return new Place(ServiceId.parse(name.substring(0, blank)), name.substring(blank + 1));
        }

        String name() {
            return service + " " + peer;
        }
    }

    SiteVoices.Ear ear(SiteVoices.Entry entry) {
        var service = Place.of(entry.name()).service();
        var terms = terms(service);
        var ear = new SiteVoices.Ear(new Collector(listener, Sensors::now), new Scope(terms::admits));
        heard.put(entry.number(), ear);
        return ear;
    }

    /** A peer tells of VEEs of the service; not of one whose id is another's here, even one's that has ended: it would be taken for that one. */
    Terms terms(ServiceId service) {
        return new Terms(service, service, vee -> whereabouts.of(vee).map(labels -> labels.service().equals(Optional.of(service))).orElseGet(() -> !whereabouts.ever(vee)) ? Optional.of(vee) : Optional.empty());
    }

    void turn() {
        heard.values().forEach(each -> each.collector().turn());
    }

    /** What is known of what peers tell, of each border by itself. */
    Stream<Registry> registries() {
        return heard.values().stream().map(each -> each.collector().registry());
    }

    /** Measurements that the peer sent and that were not heard, or not understood. */
    long missing(int number) {
        return find(number).map(each -> each.collector().registry().gaps()).orElse(0L);
    }

    int streams(int number) {
        return find(number).map(each -> each.collector().registry().streams(Interest.ALL).size()).orElse(0);
    }

    /** Measurements that were let in. */
    long passed(int number) {
        return find(number).map(each -> each.collector().measured()).orElse(0L);
    }

    long refused(int number) {
        return find(number).map(each -> each.scope().refused()).orElse(0L);
    }

    private Optional<SiteVoices.Ear> find(int number) {
        return Optional.ofNullable(heard.get(number));
    }
}
