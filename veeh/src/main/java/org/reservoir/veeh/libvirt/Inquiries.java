package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.GuestFigures;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainCalls;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Asks guests' own QEMU processes for figures, one guest at a time, on a connection on which nothing else is asked. A QEMU that
 * hangs keeps a worker of libvirtd until it goes on, and libvirtd serves only a few calls of a connection at once: a connection on
 * which several hang is given up for a new one, and while very many guests of a host hang no further ones are asked, so that
 * libvirtd keeps workers for others. A guest known to hang costs nothing more: NOWAIT finds it busy.
 */
final class Inquiries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inquiries.class);
    private static final int GROUPS = Flags.STATS_STATE | Flags.STATS_BALLOON | Flags.STATS_VCPU | Flags.STATS_BLOCK | Flags.STATS_DIRTYRATE;
    /** libvirtd's max_client_requests is 5 by default. */
    private static final int MOST_HUNG_ON_ONE = 3;
    /** libvirtd's max_workers is 20 by default. */
    private static final int MOST_HUNG = 8;
    /** QEMU samples pages meanwhile and does not stop for it. */
    private static final int SAMPLING_SECONDS = 1;
    private static final Duration BETWEEN_SAMPLINGS = Duration.ofMinutes(1);
    private static final int NO_JOB = 0;

    private final Supplier<LibvirtConnection> dialer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<UUID> stuck = ConcurrentHashMap.newKeySet();
    private final Set<UUID> moving = ConcurrentHashMap.newKeySet();
    private final Map<UUID, Long> sampledAt = new ConcurrentHashMap<>();
    private Optional<LibvirtConnection> connection = Optional.empty();
    private int hungHere;
    private boolean closed;

    Inquiries(Supplier<LibvirtConnection> dialer) {
        this.dialer = dialer;
    }

    /** @throws HostFailure TIMED_OUT, UNREACHABLE, NO_SUCH_GUEST */
    GuestFigures figures(Domain dom, Duration patience) {
        if (stuck.size() >= MOST_HUNG && !stuck.contains(dom.uuid())) {
            throw new HostFailure(HostFailure.Kind.TIMED_OUT, "%d guests of the host do not answer; %s is not asked before one of them does.".formatted(stuck.size(), dom.name()));
        }
        var daemon = open();
        try {
            return ask(daemon.within(patience), dom);
        } catch (HostFailure failure) {
            if (failure.kind() == HostFailure.Kind.TIMED_OUT) {
                hangs(daemon, dom);
            }
            throw failure;
        }
    }

    private GuestFigures ask(LibvirtConnection daemon, Domain dom) {
        var stats = Poor.ask(() -> daemon.stats(List.of(dom), GROUPS, Flags.STATS_NOWAIT)).map(Inquiries::first).orElseGet(() -> Poor.stats(daemon, dom));
        if (busy(stats)) {
            return new GuestFigures(told(stats));
        }
        stuck.remove(dom.uuid());
        var figures = told(stats);
        if (stats.number("state.state") == Flags.STATE_RUNNING && !stats.values().isEmpty()) {
            if (moving.contains(dom.uuid())) {
                progress(daemon.job(dom), figures);
            } else {
                sample(daemon, dom);
            }
        }
        return new GuestFigures(figures);
    }

    private static DomainCalls.Stats first(List<DomainCalls.Stats> answers) {
        return answers.stream().findFirst().orElseThrow(() -> new HostFailure(HostFailure.Kind.NO_SUCH_GUEST, "The guest is no more."));
    }

    /** Of a guest that cannot be asked now, its disks are counted but nothing of them is told. */
    private static boolean busy(DomainCalls.Stats stats) {
        return stats.values().containsKey("block.count") && stats.number("block.count") > 0 && !stats.values().containsKey("block.0.rd.reqs");
    }

    private static Map<String, Long> told(DomainCalls.Stats stats) {
        var figures = new HashMap<String, Long>();
        level(stats, "balloon.rss", 1024, "memory", figures);
        level(stats, "balloon.current", 1024, "balloon", figures);
        level(stats, "balloon.unused", 1024, "memory.unused", figures);
        level(stats, "balloon.usable", 1024, "memory.usable", figures);
        level(stats, "balloon.disk_caches", 1024, "memory.cached", figures);
        level(stats, "balloon.swap_in", 1024, "swapped.in", figures);
        level(stats, "balloon.swap_out", 1024, "swapped.out", figures);
        level(stats, "balloon.major_fault", 1, "faults", figures);
        level(stats, "dirtyrate.megabytes_per_second", 1 << 20, "dirtied", figures);
        level(stats, "vcpu.current", 1, "cpus", figures);
        if (stats.values().containsKey("block.0.rd.reqs")) {
            figures.put("disk.read", Reports.sum(stats, "block", "rd.bytes"));
            figures.put("disk.written", Reports.sum(stats, "block", "wr.bytes"));
            figures.put("disk.reads", Reports.sum(stats, "block", "rd.reqs"));
            figures.put("disk.writes", Reports.sum(stats, "block", "wr.reqs"));
            figures.put("disk.allocated", Reports.sum(stats, "block", "allocation"));
        }
        if (stats.values().containsKey("vcpu.0.delay")) {
            figures.put("cpu.delayed", sumOfCpus(stats, "delay"));
            figures.put("cpu.waited", sumOfCpus(stats, "wait"));
        }
        return figures;
    }

    private static void level(DomainCalls.Stats stats, String key, long unit, String name, Map<String, Long> figures) {
        if (stats.values().containsKey(key)) {
            figures.put(name, stats.number(key) * unit);
        }
    }

    private static long sumOfCpus(DomainCalls.Stats stats, String what) {
        long sum = 0;
        for (int i = 0; i < stats.number("vcpu.maximum"); i++) {
            sum += stats.number("vcpu." + i + "." + what);
        }
        return sum;
    }

    /** Of a move, or whatever else copies the guest. */
    private static void progress(Map<String, Object> job, Map<String, Long> figures) {
        if (job.get("data_total") instanceof Number total && job.get("data_remaining") instanceof Number left) {
            figures.put("move.total", total.longValue());
            figures.put("move.left", left.longValue());
        }
    }

    /** What it samples now is told at the next inquiry. Where it cannot, it is asked again as seldom; while there is a job, it would wait for its end. */
    private void sample(LibvirtConnection daemon, Domain dom) {
        long now = System.nanoTime();
        var before = sampledAt.get(dom.uuid());
        if (before != null && now - before < BETWEEN_SAMPLINGS.toNanos()) {
            return;
        }
        sampledAt.put(dom.uuid(), now);
        try {
            if (Integer.valueOf(NO_JOB).equals(daemon.job(dom).get("type"))) {
                daemon.startDirtyRate(dom, SAMPLING_SECONDS);
            }
        } catch (HostFailure failure) {
            if (failure.kind() == HostFailure.Kind.TIMED_OUT || failure.kind() == HostFailure.Kind.UNREACHABLE) {
                throw failure;
            }
            LOG.debug("{} does not tell how much memory it writes: {}", dom.name(), failure.getMessage());
        }
    }

    private LibvirtConnection open() {
        lock.lock();
        try {
            if (closed) {
                throw new HostFailure(HostFailure.Kind.UNREACHABLE, "The host is let go of.");
            }
            if (connection.filter(LibvirtConnection::isOpen).isEmpty()) {
                connection = Optional.of(dialer.get());
                hungHere = 0;
            }
            return connection.get();
        } finally {
            lock.unlock();
        }
    }

    private void hangs(LibvirtConnection daemon, Domain dom) {
        stuck.add(dom.uuid());
        lock.lock();
        try {
            if (connection.filter(current -> current == daemon).isPresent() && ++hungHere >= MOST_HUNG_ON_ONE) {
                daemon.close();
                connection = Optional.empty();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Of a guest that this site moves, the progress is told meanwhile. */
    void whileItMoves(UUID guest, Runnable move) {
        moving.add(guest);
        try {
            move.run();
        } finally {
            moving.remove(guest);
        }
    }

    /** What is known of a guest that is gone. */
    void forget(UUID guest) {
        stuck.remove(guest);
        sampledAt.remove(guest);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            connection.ifPresent(LibvirtConnection::close);
        } finally {
            lock.unlock();
        }
    }
}
