package org.reservoir.veem.work;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.Claim;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.image.ImageGrowth;
import org.reservoir.veem.image.ImageStore;
import org.reservoir.veem.kept.Bounds;
import org.reservoir.veem.kept.Finished;
import org.reservoir.veem.kept.Loop;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.kept.WiringTable;

/**
 * Gets the work done: claims what waits in the work table, has it done on a virtual thread each, and writes down what came of
 * it, many outcomes in one transaction. Any number of site servers may run one on the same database.
 *
 * <p>Each host is a lane with room for a few jobs at a time, so a host that hangs holds up nobody but itself. A claim is a lease:
 * it is extended while the job is done, and when this server dies another takes the job over. What came of a job is written only
 * if the VEE is still in the generation that the job was begun for.
 */
public final class Engine implements AutoCloseable {
    /** Work on a VEE that passes from one state to another; subject its id, payload its generation, lane its host. */
    public static final String VEE = "vee";
    /** Remains of a VEE on a host where it no longer is; subject {@code vee-7@host-3}, payload the generation, lane the host. */
    public static final String ERASE = "veem.erase";

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Set<String> KINDS = Set.of(VEE, ERASE, WiringTable.KIND, ImageStore.IMPORT, ImageGrowth.KIND);

    private final SiteDatabase database;
    private final Performer performer;
    private final Outcomes outcomes;
    private final Bounds bounds;
    private final String worker;
    private final Executor threads;

    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<Long, Running> running = new ConcurrentHashMap<>();
    private final Set<String> subjects = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
    /** Released when there is new work, or room for more of it. */
    private final Semaphore wake = new Semaphore(0);
    private long heard;
    private final List<Loop> loops = new ArrayList<>();

    private static final class Running implements Runnable {
        private final Claim claim;
        private final Runnable work;
        private volatile Thread thread;

        Running(Claim claim, Runnable work) {
            this.claim = claim;
            this.work = work;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            work.run();
        }

        void interrupt() {
            Optional.ofNullable(thread).ifPresent(Thread::interrupt);
        }
    }

    /** The jobs at one host; those that were claimed at once with more than it has room for wait here. */
    private static final class Lane {
        private final int room;
        private final Queue<Running> waiting = new ArrayDeque<>();
        private int busy;

        Lane(int room) {
            this.room = room;
        }

        synchronized Optional<Running> begin(Running job) {
            if (busy >= room) {
                waiting.add(job);
                return Optional.empty();
            }
            busy++;
            return Optional.of(job);
        }

        /** One has ended; gives the next. */
        synchronized Optional<Running> end() {
            var next = Optional.ofNullable(waiting.poll());
            busy -= next.isPresent() ? 0 : 1;
            return next;
        }

        synchronized boolean full() {
            return busy >= room;
        }

        synchronized boolean idle() {
            return busy == 0;
        }
    }

    /**
     * @param worker name of this server
     * @param threads runs a job, at once or meanwhile
     */
    public Engine(SiteDatabase database, Performer performer, Outcomes outcomes, Bounds bounds, String worker, Executor threads) {
        this.database = database;
        this.performer = performer;
        this.outcomes = outcomes;
        this.bounds = bounds;
        this.worker = worker;
        this.threads = threads;
    }

    /** What an earlier life of this worker was doing when it was killed is begun again at once. */
    public void start() {
        database.work().takeBack(worker);
        begin(Thread.ofPlatform().name("veem-claims"), this::claimLoop);
        begin(Thread.ofVirtual().name("veem-orders"), this::orderLoop);
        begin(Thread.ofPlatform().name("veem-outcomes"), this::writeLoop);
        begin(Thread.ofPlatform().name("veem-leases").daemon(), this::extendLoop);
    }

    private void begin(Thread.Builder thread, Loop.Turn turn) {
        loops.add(Loop.start(thread, "the work table cannot be worked on", turn));
    }

    /** The VEE was given another order: what is being done for it is given up as soon as it can be. */
    public void interrupt(VeeId vee) {
        running.values().stream().filter(job -> job.claim.kind().equals(VEE) && job.claim.subject().equals(vee.toString())).forEach(Running::interrupt);
    }

    /** Whether this server does something for the VEE at present. */
    public boolean isBusyWith(VeeId vee) {
        return subjects.contains(vee.toString());
    }

    // ---- claiming

    private void orderLoop(Loop loop) throws InterruptedException {
        if (loop.rest(() -> database.work().awaitOrders(heard, Duration.ofSeconds(1)))) {
            heard = database.work().heard();
            wake.release();
        }
    }

    private void claimLoop(Loop loop) throws InterruptedException {
        if (claim() == 0) {
            loop.rest(() -> wake.tryAcquire(250, TimeUnit.MILLISECONDS));
            wake.drainPermits();
        }
    }

    /** Claims what there is room for and begins it; tells how much that was. */
    public int claim() {
        int room = bounds.inFlight() - running.size();
        if (room <= 0) {
            return 0;
        }
        var claims = database.work().claim(worker, KINDS, Math.min(room, bounds.batch()), LEASE, fullLanes());
        if (claims.isEmpty()) {
            return 0;
        }
        var vees = database.read(sql -> VeeTable.find(sql, claims.stream().filter(claim -> claim.kind().equals(VEE) || claim.kind().equals(ERASE)).map(Engine::vee).toList()));
        claims.forEach(claim -> begin(claim, vees));
        return claims.size();
    }

    private Set<String> fullLanes() {
        var full = new HashSet<String>();
        lanes.forEach((name, lane) -> {
            if (lane.full()) {
                full.add(name);
            } else if (lane.idle()) {
                lanes.remove(name);
            }
        });
        return full;
    }

    private void begin(Claim claim, Map<VeeId, VeeRecord> vees) {
        var job = new Running(claim, () -> finished.add(performer.perform(claim, vees)));
        running.put(claim.id(), job);
        subjects.add(claim.subject());
        lanes.computeIfAbsent(claim.lane(), _ -> new Lane(bounds.perHost())).begin(job).ifPresent(threads::execute);
    }

    // ---- writing down

    private void writeLoop(Loop loop) throws InterruptedException {
        var first = loop.rest(() -> finished.poll(500, TimeUnit.MILLISECONDS));
        if (first != null) {
            write(first);
            wake.release();
        }
    }

    /** Writes down what has ended, if anything has; tells how much that was. */
    public int write() {
        var first = finished.poll();
        return first == null ? 0 : write(first);
    }

    private int write(Finished first) {
        var batch = new ArrayList<Finished>();
        batch.add(first);
        finished.drainTo(batch, bounds.batch() - 1);
        try {
            outcomes.write(batch);
        } finally {
            batch.forEach(this::letGo);
        }
        return batch.size();
    }

    private void letGo(Finished job) {
        running.remove(job.claim().id());
        subjects.remove(job.claim().subject());
        lanes.get(job.claim().lane()).end().ifPresent(threads::execute);
    }

    public static NewWork ofVee(VeeRecord vee, Instant now) {
        return new NewWork(VEE, vee.id().toString(), vee.host().map(HostId::toString).orElse("nowhere"), Long.toString(vee.generation()), now);
    }

    /** Of which VEE the claimed work is. */
    static VeeId vee(Claim claim) {
        return VeeId.parse(claim.subject().split("@")[0]);
    }

    public static NewWork erasure(VeeId vee, HostId host, long generation, Instant now) {
        return new NewWork(ERASE, vee + "@" + host, host.toString(), Long.toString(generation), now);
    }

    // ---- keeping the leases, and ending

    private void extendLoop(Loop loop) throws InterruptedException {
        loop.rest(LEASE.dividedBy(3));
        var claims = running.values().stream().map(job -> job.claim).toList();
        if (!claims.isEmpty()) {
            var held = database.work().extend(claims, LEASE);
            claims.stream().filter(claim -> !held.contains(claim.id())).forEach(lost -> Optional.ofNullable(running.get(lost.id())).ifPresent(Running::interrupt));
        }
    }

    /** Gives up what is being done; the leases run out and the work is taken up again, here or elsewhere. */
    @Override
    public void close() {
        loops.forEach(Loop::end);
        running.values().forEach(Running::interrupt);
    }
}
