package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.CounterRates.Reading;
import org.reservoir.monitoring.CounterRates.Seen;

/**
 * Looks at every host once a turn and takes what it sees. Each look has a virtual thread and a deadline of its own: what
 * comes in is taken at once, and a host that hangs keeps only its own thread, is asked no second time while it does, and
 * delays no other host. Decides nothing; whoever owns the loop calls {@link #turn} at the period it likes.
 */
public final class MonitoringLoop implements AutoCloseable {
    private final Supplier<List<HostSource>> hosts;
    private final Measurements measurements;
    private final Duration deadline;
    private final Map<HostId, Thread> looking = new ConcurrentHashMap<>();
    private final Map<HostId, HostCounters> hostsBefore = new ConcurrentHashMap<>();
    private final Map<VeeId, Seen> veesBefore = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param deadline how long a turn waits for a host, and after which a look is interrupted */
    public MonitoringLoop(Supplier<List<HostSource>> hosts, Measurements measurements, Duration deadline) {
        this.hosts = hosts;
        this.measurements = measurements;
        this.deadline = deadline;
    }

    /** What a turn came to. Late: no answer within the deadline, now or still from an earlier turn. */
    public record Turn(Set<HostId> answered, Set<HostId> failed, Set<HostId> late) {}

    /** One look at each host; waits until all have answered, at most the deadline. */
    public Turn turn(Instant now) throws InterruptedException {
        var sources = hosts.get();
        forgetAllBut(sources);
        var answered = ConcurrentHashMap.<HostId>newKeySet();
        var failed = ConcurrentHashMap.<HostId>newKeySet();
        var asked = sources.stream().filter(source -> !looking.containsKey(source.host())).toList();
        var done = new CountDownLatch(asked.size());
        var threads = new ArrayList<Thread>();
        for (var source : asked) {
            var thread = Thread.ofVirtual().name("look-" + source.host()).unstarted(() -> {
                look(source, answered, failed);
                done.countDown();
            });
            looking.put(source.host(), thread);
            threads.add(thread);
            thread.start();
        }
        if (!done.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
            threads.forEach(Thread::interrupt); // those that are done already do not mind
        }
        measurements.sweep(now);
        var late = new TreeSet<HostId>();
        sources.stream().map(HostSource::host).filter(host -> !answered.contains(host) && !failed.contains(host)).forEach(late::add);
        return new Turn(Set.copyOf(answered), Set.copyOf(failed), late);
    }

    /** Interrupts the looks under way; what they may still bring is not taken. */
    @Override
    public void close() {
        closed = true;
        looking.values().forEach(Thread::interrupt);
    }

    private void look(HostSource source, Set<HostId> answered, Set<HostId> failed) {
        try {
            var counters = source.look();
            if (!closed) {
                take(source.host(), counters);
                answered.add(source.host());
            }
        } catch (Exception _) { // the loop's edge: a host that cannot be looked at is told in the turn, and its series fall silent
            failed.add(source.host());
        } finally {
            looking.remove(source.host(), Thread.currentThread());
        }
    }

    private void take(HostId host, HostCounters now) {
        take(Subject.of(host), CounterRates.levels(now), now.at());
        var before = hostsBefore.put(host, now);
        if (before != null) {
            take(Subject.of(host), CounterRates.rates(before, now), now.at());
        }
        for (var vee : now.vees()) {
            var seen = new Seen(host, now.at(), vee);
            take(Subject.of(vee.vee()), CounterRates.levels(vee), now.at());
            var last = veesBefore.put(vee.vee(), seen);
            if (last != null) {
                take(Subject.of(vee.vee()), CounterRates.rates(last, seen), now.at());
            }
        }
        var there = new java.util.HashSet<VeeId>();
        now.vees().forEach(vee -> there.add(vee.vee()));
        veesBefore.values().removeIf(seen -> seen.host().equals(host) && !there.contains(seen.counters().vee()));
    }

    private void take(Subject subject, List<Reading> readings, Instant at) {
        readings.forEach(reading -> measurements.take(subject, reading.name(), reading.value(), at));
    }

    private void forgetAllBut(List<HostSource> sources) {
        var known = new java.util.HashSet<HostId>();
        sources.forEach(source -> known.add(source.host()));
        hostsBefore.keySet().retainAll(known);
        veesBefore.values().removeIf(seen -> !known.contains(seen.host()));
    }
}
