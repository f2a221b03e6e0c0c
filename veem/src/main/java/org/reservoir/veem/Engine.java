package org.reservoir.veem;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.Claim;
import org.reservoir.store.LostClaim;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the work done: claims what waits in the work table, has it done on a virtual thread each, and writes down what came of
 * it, many outcomes in one transaction. Any number of site servers may run one on the same database.
 *
 * <p>Each host is a lane with room for a few jobs at a time, so a host that hangs holds up nobody but itself. A claim is a lease:
 * it is extended while the job is done, and when this server dies another takes the job over. What came of a job is written only
 * if the VEE is still in the generation that the job was begun for; else the work item is looked at anew.
 */
final class Engine implements AutoCloseable {
    /** Work on a VEE that passes from one state to another; subject its id, lane its host. */
    static final String VEE = "vee";
    /** Remains of a VEE on a host where it no longer is; subject {@code vee-7@host-3}, payload the generation, lane the host. */
    static final String ERASE = "veem.erase";

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Set<String> KINDS = Set.of(VEE, ERASE, WiringTable.KIND, ImageStore.IMPORT);

    private final SiteDatabase database;
    private final Workshop workshop;
    private final Consumer<ImageId> imports;
    private final Consumer<String> wiring;
    private final Aftermath.Patience patience;
    private final InstantSource clock;
    private final Bounds bounds;
    private final String worker;

    private final Map<String, AtomicInteger> lanes = new ConcurrentHashMap<>();
    private final Map<Long, Running> running = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
    /** Released when there is new work, or room for more of it. */
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean open = true;
    private long heard;
    private final List<Thread> loops = new ArrayList<>();

    private record Running(Claim claim, Optional<VeeId> vee, Thread thread) {}

    /** A job that ended: a VEE's with its outcome, or an erasure that worked or has to be tried again. */
    private sealed interface Finished {
        Claim claim();

        record OfVee(Claim claim, VeeRecord vee, Outcome outcome) implements Finished {}

        record Nothing(Claim claim) implements Finished {}

        record Later(Claim claim, String why) implements Finished {}
    }

    /** @param imports brings an image in; @param wiring does the work on a network or security group at a host, by its subject */
    Engine(SiteDatabase database, Workshop workshop, Consumer<ImageId> imports, Consumer<String> wiring, Aftermath.Patience patience, InstantSource clock, Bounds bounds, String worker) {
        this.database = database;
        this.workshop = workshop;
        this.imports = imports;
        this.wiring = wiring;
        this.patience = patience;
        this.clock = clock;
        this.bounds = bounds;
        this.worker = worker;
    }

    /** What an earlier life of this worker was doing when it was killed is begun again at once. */
    void start() {
        database.work().takeBack(worker);
        loops.add(Thread.ofPlatform().name("veem-claims").start(() -> whileOpen(this::claimLoop)));
        loops.add(Thread.ofVirtual().name("veem-orders").start(() -> whileOpen(this::orderLoop)));
        loops.add(Thread.ofPlatform().name("veem-outcomes").start(() -> whileOpen(this::writeLoop)));
        loops.add(Thread.ofPlatform().name("veem-leases").daemon().start(() -> whileOpen(this::extendLoop)));
    }

    /** The VEE was given another order: what is being done for it is given up as soon as it can be. */
    void interrupt(VeeId vee) {
        running.values().stream().filter(job -> job.vee().filter(vee::equals).isPresent()).forEach(job -> job.thread().interrupt());
    }

    // ---- claiming

    private void orderLoop() throws InterruptedException {
        if (database.work().awaitOrders(heard, Duration.ofSeconds(1))) {
            heard = database.work().heard();
            wake.release();
        }
    }

    private void claimLoop() throws InterruptedException {
        if (claim() == 0) {
            wake.tryAcquire(250, TimeUnit.MILLISECONDS);
            wake.drainPermits();
        }
    }

    /** Claims what there is room for and begins it; tells how much that was. */
    int claim() {
        int room = bounds.inFlight() - running.size();
        if (room <= 0) {
            return 0;
        }
        var claims = database.work().claim(worker, KINDS, Math.min(room, bounds.batch()), LEASE, fullLanes());
        if (claims.isEmpty()) {
            return 0;
        }
        var vees = database.read(sql -> VeeTable.find(sql, claims.stream().filter(claim -> claim.kind().equals(VEE)).map(claim -> VeeId.parse(claim.subject())).toList()));
        for (var claim : claims) {
            lanes.computeIfAbsent(claim.lane(), _ -> new AtomicInteger()).incrementAndGet();
            begin(claim, vees);
        }
        return claims.size();
    }

    private Set<String> fullLanes() {
        var full = new HashSet<String>();
        lanes.forEach((lane, busy) -> {
            if (busy.get() >= bounds.perHost()) {
                full.add(lane);
            }
        });
        return full;
    }

    private void begin(Claim claim, Map<VeeId, VeeRecord> vees) {
        var vee = claim.kind().equals(VEE) ? Optional.of(VeeId.parse(claim.subject())) : Optional.<VeeId>empty();
        var thread = Thread.ofVirtual().unstarted(() -> finished.add(switch (claim.kind()) {
            case VEE -> work(claim, vees.get(vee.orElseThrow()));
            case ERASE -> erase(claim);
            case WiringTable.KIND -> wire(claim);
            default -> bringIn(claim);
        }));
        running.put(claim.id(), new Running(claim, vee, thread));
        thread.start();
    }

    private Finished work(Claim claim, VeeRecord vee) {
        if (vee == null || vee.task().isEmpty() || !vee.state().passing()) {
            return new Finished.Nothing(claim);
        }
        return new Finished.OfVee(claim, vee, outcome(claim, vee));
    }

    private Outcome outcome(Claim claim, VeeRecord vee) {
        try {
            return workshop.perform(vee);
        } catch (HostFailure failure) {
            return new Outcome.Failed(failure.kind(), failure.getMessage(), claim.attempts());
        } catch (Refused refused) {
            return new Outcome.Failed(HostFailure.Kind.REFUSED, refused.getMessage(), claim.attempts());
        } catch (RuntimeException defect) {
            LOG.error("{} {}: {}", vee.id(), vee.task().map(task -> task.job().words()).orElse("?"), defect.getMessage(), defect);
            return new Outcome.Failed(HostFailure.Kind.REFUSED, "a defect in Reservoir: " + defect, claim.attempts());
        }
    }

    private Finished erase(Claim claim) {
        try {
            var subject = claim.subject().split("@");
            workshop.erase(HostId.parse(subject[1]), new Order(VeeId.parse(subject[0]), Long.parseLong(claim.payload()), Duration.ofMinutes(1)));
            return new Finished.Nothing(claim);
        } catch (HostFailure failure) {
            return failure.kind() == HostFailure.Kind.STALE_ORDER ? new Finished.Nothing(claim) : new Finished.Later(claim, failure.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("{}: {}", claim.subject(), defect.getMessage(), defect);
            return new Finished.Later(claim, defect.toString());
        }
    }

    private Finished wire(Claim claim) {
        try {
            wiring.accept(claim.subject());
            return new Finished.Nothing(claim);
        } catch (HostFailure | Refused failure) {
            LOG.info("{} is tried again later: {}", claim.subject(), failure.getMessage());
            return new Finished.Later(claim, failure.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("{}: {}", claim.subject(), defect.getMessage(), defect);
            return new Finished.Later(claim, defect.toString());
        }
    }

    private Finished bringIn(Claim claim) {
        try {
            imports.accept(ImageId.parse(claim.subject()));
            return new Finished.Nothing(claim);
        } catch (RuntimeException defect) {
            LOG.error("{}: {}", claim.subject(), defect.getMessage(), defect);
            return new Finished.Later(claim, defect.toString());
        }
    }

    // ---- writing down

    private void writeLoop() throws InterruptedException {
        var first = finished.poll(500, TimeUnit.MILLISECONDS);
        if (first != null) {
            var batch = new ArrayList<Finished>();
            batch.add(first);
            finished.drainTo(batch, bounds.batch() - 1);
            try {
                write(batch);
            } finally {
                batch.forEach(this::letGo);
            }
            wake.release();
        }
    }

    private void letGo(Finished job) {
        running.remove(job.claim().id());
        lanes.computeIfPresent(job.claim().lane(), (_, busy) -> busy.decrementAndGet() <= 0 ? null : busy);
    }

    /** One transaction for all of them; when one claim was lost meanwhile, each gets its own. */
    private void write(List<Finished> batch) {
        try {
            database.run(transaction -> write(transaction, batch));
        } catch (LostClaim lost) {
            if (batch.size() == 1) {
                LOG.info("{} was taken over by another server", batch.getFirst().claim().subject());
                return;
            }
            batch.forEach(job -> write(List.of(job)));
        }
    }

    private void write(Transaction transaction, List<Finished> batch) {
        var now = clock.instant();
        var changes = new ArrayList<Change>();
        var claims = new java.util.HashMap<VeeId, Claim>();
        var completed = new ArrayList<Claim>();
        var more = new ArrayList<NewWork>();
        for (var job : batch) {
            switch (job) {
                case Finished.Nothing(var claim) -> completed.add(claim);
                case Finished.Later(var claim, var why) -> transaction.retry(claim, now.plus(patience.longestPause()), why);
                case Finished.OfVee(var claim, var vee, var outcome) -> {
                    switch (Aftermath.of(vee, outcome, patience, now)) {
                        case Aftermath.Next.Again(var at) -> transaction.retry(claim, at, ((Outcome.Failed) outcome).why());
                        case Aftermath.Next.Settled(var after, var erase, var why) -> {
                            changes.add(new Change(vee, after, why, Change.SELF));
                            claims.put(vee.id(), claim);
                            erase.forEach(host -> more.add(erasure(vee.id(), host, after.generation(), now)));
                        }
                    }
                }
            }
        }
        settle(transaction, changes, claims, completed, more, now);
    }

    private void settle(Transaction transaction, List<Change> changes, Map<VeeId, Claim> claims, List<Claim> completed, List<NewWork> more, Instant now) {
        var written = changes.isEmpty() ? Set.<VeeId>of() : VeeTable.write(transaction, changes, now);
        claims.forEach((vee, claim) -> {
            if (written.contains(vee)) {
                completed.add(claim);
            } else {
                transaction.retry(claim, now, "it was given another order meanwhile");
            }
        });
        settled(transaction, changes.stream().filter(change -> written.contains(change.after().id())).toList());
        transaction.completeAll(completed);
        transaction.enqueueAll(more);
    }

    /** What else follows from a job in the same transaction; the site of {@link Veem} adds leases and images that are no longer needed. */
    private void settled(Transaction transaction, Collection<Change> changes) {
        afterwards.accept(transaction, changes);
    }

    private volatile java.util.function.BiConsumer<Transaction, Collection<Change>> afterwards = (_, _) -> {};

    /** Has {@code more} done in the transaction in which outcomes are written. */
    void alsoWrite(java.util.function.BiConsumer<Transaction, Collection<Change>> more) {
        afterwards = more;
    }

    static NewWork ofVee(VeeRecord vee, Instant now) {
        return new NewWork(VEE, vee.id().toString(), vee.host().map(HostId::toString).orElse("nowhere"), "", now);
    }

    static NewWork erasure(VeeId vee, HostId host, long generation, Instant now) {
        return new NewWork(ERASE, vee + "@" + host, host.toString(), Long.toString(generation), now);
    }

    // ---- keeping the leases, and ending

    private void extendLoop() throws InterruptedException {
        Thread.sleep(LEASE.dividedBy(3));
        var claims = running.values().stream().map(Running::claim).toList();
        if (!claims.isEmpty()) {
            database.work().extend(claims, LEASE);
        }
    }

    private interface Loop {
        void once() throws InterruptedException;
    }

    private void whileOpen(Loop loop) {
        while (open) {
            try {
                loop.once();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException trouble) {
                if (!open) {
                    return;
                }
                LOG.warn("the work table cannot be worked on: {}", trouble.getMessage(), trouble);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Interrupts a loop and waits, not for ever, until it has ended. */
    static void end(Thread loop) {
        loop.interrupt();
        try {
            loop.join(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives up what is being done; the leases run out and the work is taken up again, here or elsewhere. */
    @Override
    public void close() {
        open = false;
        loops.forEach(Engine::end);
        running.values().forEach(job -> job.thread().interrupt());
    }
}
