package org.reservoir.monitoring.kinds;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.reservoir.kernel.Guard;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.Whereabouts;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.ProbeSettings;

/**
 * Keeps the probes of all hosts and VEEs in a source, without an agent anywhere: they appear with their host or VEE and
 * retire with it, and a VEE's go on when it moves. One look at a host feeds the probes of all its VEEs; a look has a thread
 * and a deadline of its own, so that a host that hangs delays no other and is asked no second time while it does. Where
 * nobody wants a host's streams it is looked at only to find out what runs there. What only a guest's own process can say is
 * asked guest by guest ({@link VeeDetails}).
 */
public final class HostWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HostWatch.class.getName());
    /** How often hosts are looked at of which nobody wants anything. */
    private static final Duration FINDING = Duration.ofSeconds(30);
    /** Looks that a VEE may be missed in before its streams retire: during a move it is nowhere for a moment. */
    private static final int MISSES = 3;
    private static final String BUILT_IN = "built in";
    private static final String BY = "the watch over hosts";

    /**
     * @param load     how often hosts and the cheap figures of VEEs are looked at
     * @param details  how often each VEE's own process is asked
     * @param inside   how often each VEE's agent is asked
     * @param deadline how long a host or VEE may take to answer
     */
    public record Paces(Duration load, Duration details, Duration inside, Duration deadline) {
        public static final Paces USUAL = new Paces(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofSeconds(5));

        ProbeSettings every(Duration period) {
            return new ProbeSettings(true, period, ProbeSettings.every(period).sending(), ProbeSettings.every(period).delivery(), deadline);
        }
    }

    private final Supplier<List<HostSource>> sources;
    private final Whereabouts whereabouts;
    private final Station station;
    private final Set<String> adding = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanos;
    private final Paces paces;
    private final Guard lock = new Guard();
    private final Map<HostId, Watched> hosts = new ConcurrentHashMap<>();
    private final WatchedVees vees;
    private boolean closed;

    /** A host, its stream and the look at it. */
    private static final class Watched {
        HostSource host;
        final HostLoad load = new HostLoad();
        int stream;
        Thread looking;
        long lookedAt = Long.MIN_VALUE;
    }

    /**
     * @param sources the hosts that there are now
     * @param kinds   those of the station, to which its own are offered
     * @param nanos   a clock that never goes back, in nanoseconds
     */
    public HostWatch(Supplier<List<HostSource>> sources, Whereabouts whereabouts, Station station, Kinds kinds, LongSupplier nanos, Paces paces) {
        this.sources = sources;
        this.whereabouts = whereabouts;
        this.station = station;
        this.nanos = nanos;
        this.paces = paces;
        this.vees = new WatchedVees(this);
        kinds.offer(kind("hypervisor.load", "a host as its hypervisor shows it", "host", id -> hosts.get(HostId.parse(id)).load), BUILT_IN);
        vees.kinds().forEach(kind -> kinds.offer(kind, BUILT_IN));
    }

    /** A kind of which there is one probe for each host or VEE, and the watch alone adds it. Its maker is called by the station: it must take no lock. */
    ProbeKind kind(String name, String purpose, String of, Function<String, Probe> maker) {
        return new MadeOf(name, purpose, List.of(MadeOf.needed(of, "whose")), given -> {
            if (!adding.contains(given.get(of))) {
                throw Refused.invalid("BAD_PROBE", "Probes of kind %s are there for each %s by themselves.".formatted(name, of), "Switch, rate or filter the one that is there.");
            }
            return maker.apply(given.get(of));
        });
    }

    /** Begins the looks that are due; waits for none. Call it about once a second. @param nowMillis of the source's clock */
    public void turn(long nowMillis) {
        var there = sources.get();
        lock.hold(() -> {
            keep(there);
            hosts.values().forEach(host -> {
                if (host.looking != null) {
                    if (nowMillis - host.lookedAt > paces.deadline().toMillis()) {
                        host.looking.interrupt();
                    }
                } else if (host.lookedAt == Long.MIN_VALUE || nowMillis - host.lookedAt >= pace(host).toMillis()) {
                    host.lookedAt = nowMillis;
                    host.looking = Thread.ofVirtual().name("look-" + host.host.host()).start(() -> look(host));
                }
            });
            vees.retireThoseOfHostsGone(hosts.keySet(), nowMillis);
        });
    }

    /** As often as whoever wants the most of its streams. */
    private Duration pace(Watched host) {
        var pace = sooner(FINDING, host.stream);
        for (int stream : vees.loadsOn(host.host.host())) {
            pace = sooner(pace, stream);
        }
        return pace;
    }

    private Duration sooner(Duration pace, int stream) {
        var other = station.source().wanted(stream).orElse(pace);
        return other.compareTo(pace) < 0 ? other : pace;
    }

    private void keep(List<HostSource> there) {
        var known = new HashSet<HostId>();
        there.forEach(host -> {
            known.add(host.host());
            hosts.computeIfAbsent(host.host(), _ -> new Watched()).host = host;
        });
        hosts.entrySet().removeIf(entry -> {
            if (known.contains(entry.getKey())) {
                return false;
            }
            retire(entry.getValue().stream);
            return true;
        });
    }

    private void look(Watched host) {
        try {
            var counters = host.host.look();
            long now = nanos.getAsLong();
            lock.hold(() -> {
                if (!closed && hosts.get(host.host.host()) == host) {
                    take(host, counters, now);
                }
            });
        } catch (Exception trouble) { // the look's edge: its streams fall silent, which is told, and the next look tries again
            LOG.log(System.Logger.Level.DEBUG, "{0} cannot be looked at: {1}", host.host.host(), trouble);
            lock.hold(() -> vees.unseen(host.host.host()));
        } finally {
            lock.hold(() -> host.looking = null);
        }
    }

    private void take(Watched host, HostCounters counters, long now) {
        host.load.feed(counters, now);
        if (host.stream == 0) {
            host.stream = add("hosts", "hypervisor.load", Subject.of(host.host.host()), Labels.NONE, paces.load());
        }
        inform(host.stream);
        vees.take(host.host, counters.vees(), now);
    }

    /** Whether a look is under way. */
    boolean looks() {
        lock.lock();
        try {
            return hosts.values().stream().anyMatch(host -> host.looking != null);
        } finally {
            lock.unlock();
        }
    }

    // ---- what the VEEs' keeper needs

    Whereabouts whereabouts() {
        return whereabouts;
    }

    LongSupplier nanos() {
        return nanos;
    }

    Paces paces() {
        return paces;
    }

    int misses() {
        return MISSES;
    }

    /**
     * 0 when the source has no room.
     *
     * @param group first part of the stream's name @param kind its last part is the stream's
     */
    int add(String group, String kind, Subject subject, Labels labels, Duration period) {
        var id = subject.toString();
        adding.add(id);
        try {
            var name = "%s.%s.%s".formatted(group, id, kind.substring(kind.indexOf('.') + 1));
            var wanted = new Wanted(name, kind, Map.of(subject instanceof Subject.OfHost ? "host" : "vee", id), subject, labels, paces.every(period));
            return station.apply(new Order.Add(wanted), BY) instanceof Answer.Added(int stream) ? stream : 0;
        } finally {
            adding.remove(id);
        }
    }

    void relabel(int stream, Labels labels) {
        station.apply(new Order.Relabel(Selection.stream(stream), labels), BY);
    }

    /** One that was removed already, by those who administer probes, is removed. */
    void retire(int stream) {
        station.apply(new Order.Remove(Selection.stream(stream)), BY);
    }

    void inform(int stream) {
        try {
            station.source().inform(stream, nanos.getAsLong() / 1_000_000);
        } catch (Refused gone) { // removed by those who administer probes
            if (!gone.code().equals("STREAM_NOT_FOUND")) {
                throw gone;
            }
        }
    }

    /** Interrupts the looks under way; what they may still bring is not taken. */
    @Override
    public void close() {
        lock.hold(() -> {
            closed = true;
            hosts.values().stream().filter(host -> host.looking != null).forEach(host -> host.looking.interrupt());
        });
    }
}
