package org.reservoir.veem;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostDriver;
import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.interfaces.vmi.Images;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.interfaces.vmi.Licences;
import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.host.HostDesk;
import org.reservoir.veem.host.Keeper;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.host.SleepingHosts;
import org.reservoir.veem.image.ImageGrowth;
import org.reservoir.veem.image.ImageImport;
import org.reservoir.veem.image.ImageKeeper;
import org.reservoir.veem.image.ImageStore;
import org.reservoir.veem.image.ImageUses;
import org.reservoir.veem.image.StoredImages;
import org.reservoir.veem.kept.Bounds;
import org.reservoir.veem.kept.Fleet;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.KnownHosts;
import org.reservoir.veem.kept.LeaseRules;
import org.reservoir.veem.kept.Loop;
import org.reservoir.veem.kept.QuotaDesk;
import org.reservoir.veem.kept.Secrets;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.kept.WiringTable;
import org.reservoir.veem.lease.LeaseBooks;
import org.reservoir.veem.lease.LeaseDesk;
import org.reservoir.veem.lease.LeaseSteward;
import org.reservoir.veem.lease.LeaseTerms;
import org.reservoir.veem.network.NetworkDesk;
import org.reservoir.veem.network.Wiring;
import org.reservoir.veem.placing.Goals;
import org.reservoir.veem.placing.PlacementView;
import org.reservoir.veem.placing.Placing;
import org.reservoir.veem.placing.Plugged;
import org.reservoir.veem.placing.Policies;
import org.reservoir.veem.review.Admitting;
import org.reservoir.veem.review.Conflicting;
import org.reservoir.veem.review.LicenceDesk;
import org.reservoir.veem.review.Optimiser;
import org.reservoir.veem.review.PlacementDesk;
import org.reservoir.veem.review.PowerSaver;
import org.reservoir.veem.review.Reviewer;
import org.reservoir.veem.review.Search;
import org.reservoir.veem.review.WhatIf;
import org.reservoir.veem.work.Aftermath;
import org.reservoir.veem.work.Consequences;
import org.reservoir.veem.work.Engine;
import org.reservoir.veem.work.Farewell;
import org.reservoir.veem.work.GuestEar;
import org.reservoir.veem.work.Guests;
import org.reservoir.veem.work.Outcomes;
import org.reservoir.veem.work.Performer;
import org.reservoir.veem.work.Room;
import org.reservoir.veem.work.Scheduler;
import org.reservoir.veem.work.TemplateDesk;
import org.reservoir.veem.work.VeeDesk;
import org.reservoir.veem.work.Workshop;

/**
 * The VEE manager of a site: its desks take wishes, its scheduler places, its engine does the work at the hosts, its keeper
 * watches them. All state is in the site database; ending this at any moment and starting it anew — here or on another
 * server — loses nothing.
 */
public final class Veem implements Vmi, AutoCloseable {
    /** Class path folder of the tables' migrations. */
    public static final String MIGRATIONS = "db/veem";


    /**
     * @param site       four hex digits that tell this site from others on the same hosts
     * @param worker     name of this site server among those that share the database
     * @param images     folder for images, shared by all servers of the site
     * @param sources    folders from which images may be imported
     * @param patience   with hosts that fail
     * @param keeping    how hosts are looked after
     * @param bounds     of the work at a time
     * @param policy     of first placement, until one is set
     * @param leases     how leases of VEEs are planned
     * @param plugged    what plug-ins provide for placement
     * @param solver     of reviews, by its name in {@link org.reservoir.placement.search.Solvers}
     */
    public record Settings(String site, String worker, Path images, List<Path> sources, Aftermath.Patience patience, Keeping keeping, Bounds bounds, Policy policy, LeaseRules leases,
                           Plugged plugged, String solver) {
        /** With leases as usual, no plug-ins and our own search. */
        public Settings(String site, String worker, Path images, List<Path> sources, Aftermath.Patience patience, Keeping keeping, Bounds bounds, Policy policy) {
            this(site, worker, images, sources, patience, keeping, bounds, policy, LeaseRules.USUAL, Plugged.NOTHING, org.reservoir.placement.search.Solvers.LNS);
        }

        public static Settings of(String site, String worker, Path images) {
            return new Settings(site, worker, images, List.of(), Aftermath.Patience.USUAL, Keeping.USUAL, Bounds.USUAL, Policy.STRIPING);
        }
    }

    private final SiteDatabase database;
    private final Fleet fleet;
    /** Its parts that do something by themselves; seen by tests, which let each take a step at a time. */
    final Engine engine;
    final Scheduler scheduler;
    final Optimiser optimiser;
    final PowerSaver saver;
    final Keeper keeper;
    final ImageKeeper imageKeeper;
    private final VeeDesk vees;
    private final ImageStore images;
    private final ImageUses imageUses;
    private final NetworkDesk networks;
    private final TemplateDesk templates;
    private final HostDesk hosts;
    private final LeaseDesk leases;
    final LeaseSteward steward;
    private final PlacementDesk placements;
    private final LicenceDesk licences;
    private final Secrets secrets;
    private final Semaphore waiting = new Semaphore(0);
    private final Semaphore leasing = new Semaphore(0);
    private final Semaphore replanning = new Semaphore(0);
    private final List<Loop> loops = new ArrayList<>();

    /** @param voice hears what guests say on their channels, line by line */
    public Veem(SiteDatabase database, List<HostDriver> drivers, Quotas quotas, InstantSource clock, Settings settings, GuestEar voice) {
        this(database, drivers, quotas, clock, settings, voice, job -> Thread.ofVirtual().name("veem-job").start(job));
    }

    /** @param threads run the jobs at hosts */
    Veem(SiteDatabase database, List<HostDriver> drivers, Quotas quotas, InstantSource clock, Settings settings, GuestEar voice, Executor threads) {
        this.database = database;
        this.fleet = new Fleet(drivers);
        this.secrets = database.transact(transaction -> {
            VeeTable.restamp(transaction.sql());
            return Secrets.of(transaction.sql());
        });
        var arriving = ImageStore.folder(settings.images(), "arriving");
        var kept = ImageStore.folder(settings.images(), "kept");
        var stored = new StoredImages(ImageStore.folder(settings.images(), "stored"));
        var imports = new ImageImport(arriving, ImageImport.Rules.of(settings.sources()));
        var quotaDesk = new QuotaDesk(quotas);
        var growth = new ImageGrowth(database, stored, imports, quotaDesk, clock);
        this.images = new ImageStore(database, stored, imports, growth, quotaDesk, clock);
        this.imageUses = new ImageUses(database, stored, imports, arriving, kept, quotaDesk, clock);
        this.imageKeeper = new ImageKeeper(database, stored, imageUses, arriving, kept, fleet::ifOpen, clock);
        this.networks = new NetworkDesk(database);
        var known = new KnownHosts();
        var goals = new Goals(settings.plugged());
        var policies = new Policies(settings.policy(), goals);
        var placing = new PlacementView(known, policies);
        var room = new Room(database, placing);
        this.scheduler = new Scheduler(database, placing, clock, 2000);
        var wiring = new Wiring(database, settings.site(), this::host);
        var workshop = new Workshop(this::host, imageUses, wiring, this::guest, Workshop.Deadlines.USUAL, clock);
        var consequences = new Consequences(imageUses, networks, this::place);
        this.engine = new Engine(database, new Performer(workshop, chores(growth, wiring)), new Outcomes(database, settings.patience(), consequences, clock),
                settings.bounds(), settings.worker(), threads);
        var sleeping = new SleepingHosts(database, fleet, settings.keeping().waking(), clock, this::place);
        this.saver = new PowerSaver(database, known, sleeping, clock);
        this.keeper = new Keeper(database, fleet, known, clock, settings.keeping(), sleeping, voice, engine::isBusyWith);
        this.vees = new VeeDesk(database, imageUses, networks, quotaDesk, room, consequences, secrets, clock, wakers(placing));
        var books = new LeaseBooks(vees, new LeaseTerms(settings.leases(), settings.plugged()));
        this.leases = new LeaseDesk(database, books, vees, clock, leasing::release);
        this.steward = new LeaseSteward(database, books, vees, clock);
        this.optimiser = new Optimiser(database, placing, room, new Reviewer(database, placing, goals, new Search(settings.plugged(), settings.solver())), clock);
        this.placements = new PlacementDesk(database, goals, optimiser, new WhatIf(database, placing), new Admitting(database, placing, policies), saver, clock, replanning::release);
        this.licences = new LicenceDesk(database, this::place);
        this.templates = new TemplateDesk(database, vees, clock);
        this.hosts = new HostDesk(database, fleet, clock, this::place, new Farewell(database, wiring, fleet::ifOpen), sleeping);
    }

    private Map<String, Consumer<String>> chores(ImageGrowth growth, Wiring wiring) {
        return Map.of(WiringTable.KIND, wiring::perform, ImageStore.IMPORT, image -> images.bringIn(ImageId.parse(image)), ImageGrowth.KIND, image -> growth.grow(ImageId.parse(image)));
    }

    private VeeDesk.Wakers wakers(Placing placing) {
        return new VeeDesk.Wakers() {
            @Override
            public void place() {
                Veem.this.place();
            }

            @Override
            public void interrupt(VeeId vee) {
                engine.interrupt(vee);
            }

            @Override
            public void check(List<VeeSpec> specs) {
                database.run(transaction -> placing.check(transaction.sql(), specs));
            }

            @Override
            public List<Vees.WhyNot> explain(VeeRecord vee) {
                return database.read(sql -> placing.explain(sql, vee));
            }

            @Override
            public Vees.Conflict conflict(VeeRecord vee) {
                return database.read(sql -> Conflicting.of(sql, vee, placing.whole(sql, _ -> true)));
            }
        };
    }

    /** Begins to place, to work and to look after the hosts. */
    public void start() {
        engine.start();
        keeper.start();
        imageKeeper.start();
        loops.add(Loop.start(Thread.ofPlatform().name("veem-scheduler").daemon(), "VEEs cannot be placed", this::schedule));
        loops.add(Loop.start(Thread.ofVirtual().name("veem-lease-steward"), "leases cannot be kept", this::keepLeases));
        loops.add(Loop.start(Thread.ofPlatform().name("veem-optimiser").daemon(), "placement cannot be reviewed", this::optimise));
    }

    private void keepLeases(Loop loop) throws InterruptedException {
        loop.rest(() -> leasing.tryAcquire(1, TimeUnit.SECONDS));
        leasing.drainPermits();
        steward.turn();
    }

    private void optimise(Loop loop) throws InterruptedException {
        loop.rest(() -> replanning.tryAcquire(500, TimeUnit.MILLISECONDS));
        replanning.drainPermits();
        optimiser.turn();
        saver.turn();
    }

    private void schedule(Loop loop) throws InterruptedException {
        loop.rest(() -> waiting.tryAcquire(2, TimeUnit.SECONDS));
        waiting.drainPermits();
        int placed;
        do {
            placed = scheduler.turn();
        } while (placed > 0);
        scheduler.moves();
    }

    private void place() {
        waiting.release();
    }

    private VeeHost host(HostId id) {
        return fleet.ifOpen(id).orElseGet(() -> fleet.open(id, database.read(sql -> HostTable.find(sql, id))
                .orElseThrow(() -> new HostFailure(HostFailure.Kind.NO_SUCH_GUEST, id + " is no host of this site any more")).request()));
    }

    private Guest guest(VeeRecord vee) {
        var kernel = vee.spec().boot().map(boot -> new Guest.Boot.FromKernel(imageUses.file(boot.kernel()), boot.initrd().map(imageUses::file), boot.commandLine()));
        return Guests.of(vee, secrets.of(vee.id()), kernel);
    }

    // ---- for those who look at the hosts

    /** The hosts that are connected now. */
    public List<Connected> connected() {
        return database.read(HostTable::all).stream().filter(host -> host.facts().isPresent())
                .flatMap(host -> fleet.ifOpen(host.id()).map(open -> new Connected(host.id(), host.name(), host.facts().get(), open)).stream()).toList();
    }

    /** @param facts what was found out about the host */
    public record Connected(HostId id, String name, HostFacts facts, VeeHost host) {}

    /** Shows every VEE that is not terminated, as its newest event would. */
    public void everyLiving(Consumer<VeeChanged> visitor) {
        database.read(sql -> VeeTable.query(sql, "state <> 'TERMINATED' order by id")).forEach(vee -> visitor.accept(vee.changedFrom(Optional.empty(), "")));
    }

    /** The newest id that was given to a VEE; empty before there was one. */
    public Optional<VeeId> newest() {
        return database.read(VeeTable::newestId);
    }

    /** Whether there is such a VEE and it has not ended. */
    public boolean lives(VeeId vee) {
        return database.read(sql -> VeeTable.find(sql, vee)).filter(it -> it.state() != VeeState.TERMINATED).isPresent();
    }

    /** Takes the census of all hosts now and waits for it; for tests, and for the start of a restored site. */
    public void reconcile() {
        keeper.visitAll();
    }

    /** Clears away now what has been needless for so long; for tests. */
    void clearImages(java.time.Duration grace) {
        imageKeeper.turn(grace);
    }

    // ---- VMI

    @Override
    public Vees vees() {
        return vees;
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public Networks networks() {
        return networks;
    }

    @Override
    public Templates templates() {
        return templates;
    }

    @Override
    public Hosts hosts() {
        return hosts;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Placements placements() {
        return placements;
    }

    @Override
    public Licences licences() {
        return licences;
    }

    /** Lets go of the work and the hosts; guests go on. */
    @Override
    public void close() {
        loops.forEach(Loop::end);
        engine.close();
        keeper.close();
        imageKeeper.close();
        fleet.close();
        keeper.settle();
    }
}
