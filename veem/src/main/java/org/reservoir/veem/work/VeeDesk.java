package org.reservoir.veem.work;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.image.ImageShelf;
import org.reservoir.veem.kept.AddressBook;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.LicenceTable;
import org.reservoir.veem.kept.Lifecycle;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.QuotaDesk;
import org.reservoir.veem.kept.Secrets;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.kept.VeeViews;
import org.reservoir.veem.placing.Leased;

/** Takes wishes about VEEs: checks them, writes them down together with the work that follows, and wakes those who do it. */
public final class VeeDesk implements Vees {
    static final int MOST_AT_ONCE = 10_000;

    private final SiteDatabase database;
    private final ImageShelf images;
    private final AddressBook addresses;
    private final QuotaDesk quotas;
    private final Room room;
    private final Consequences consequences;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Wakers wakers;
    private final Creations creations;
    private final VeeViews views;

    /** Whom to tell that there is something to do. */
    public interface Wakers {
        void place();

        void interrupt(VeeId vee);

        /** @throws Refused when a wish about the place is no sound expression */
        void check(List<VeeSpec> specs);

        List<WhyNot> explain(VeeRecord vee);

        Conflict conflict(VeeRecord vee);
    }

    public VeeDesk(SiteDatabase database, ImageShelf images, AddressBook addresses, QuotaDesk quotas, Room room, Consequences consequences, Secrets secrets, InstantSource clock,
            Wakers wakers) {
        this.database = database;
        this.views = new VeeViews(database);
        this.images = images;
        this.addresses = addresses;
        this.quotas = quotas;
        this.room = room;
        this.consequences = consequences;
        this.secrets = secrets;
        this.clock = clock;
        this.wakers = wakers;
        this.creations = new Creations((caller, specs, disks) -> database.transact(transaction -> create(transaction, caller, specs, disks)));
    }

    // ---- making

    @Override
    public List<Vee> create(Caller caller, List<VeeSpec> specs) {
        if (specs.isEmpty() || specs.size() > MOST_AT_ONCE) {
            throw Refused.invalid("BAD_REQUEST", "%d VEEs in one request.".formatted(specs.size()), "Ask for 1 to %d at a time.".formatted(MOST_AT_ONCE));
        }
        requireDistinct(specs);
        var shelved = resolve(caller, specs);
        var made = creations.create(caller, specs, shelved);
        if (made.stream().anyMatch(vee -> vee.state() == VeeState.PENDING)) {
            wakers.place();
        }
        return made.stream().map(VeeRecord::view).toList();
    }

    /** The disks of each. @throws Refused when a wish about the place is not sound, or an image is missing */
    public List<List<Parts.DiskPart>> resolve(Caller caller, List<VeeSpec> specs) {
        wakers.check(specs);
        return specs.stream().map(spec -> Assembly.resolve(caller, spec, images)).toList();
    }

    public static void requireDistinct(List<VeeSpec> specs) {
        var names = new HashSet<String>();
        specs.stream().map(VeeSpec::name).filter(name -> !names.add(name)).findFirst().ifPresent(name -> {
            throw Refused.conflict("VEE_NAME_TAKEN", "Two VEEs of the request are called '%s'.".formatted(name), "Give each its own name.");
        });
    }

    public List<VeeRecord> create(Transaction transaction, Caller caller, List<VeeSpec> specs, List<List<Parts.DiskPart>> disks) {
        var now = clock.instant();
        requireFreeNames(transaction.sql(), caller, specs);
        LicenceTable.require(transaction.sql(), specs);
        var ids = VeeTable.newIds(transaction.sql(), specs.size());
        var vees = new ArrayList<VeeRecord>(specs.size());
        for (int i = 0; i < specs.size(); i++) {
            vees.add(make(transaction, caller, ids.get(i), specs.get(i), disks.get(i), now));
        }
        quotas.require(transaction.sql(), caller, Ownership.privateTo(caller), vees);
        VeeTable.insert(transaction, vees, caller.name());
        return vees;
    }

    private static void requireFreeNames(Handle sql, Caller caller, List<VeeSpec> specs) {
        sql.createQuery("select name from veem.vee where user_id = :user and name = any (:names) and state <> 'TERMINATED' limit 1")
                .bind("user", caller.user().value()).bindArray("names", String.class, specs.stream().map(VeeSpec::name).toList()).mapTo(String.class).findOne()
                .ifPresent(name -> {
                    throw nameTaken(name);
                });
    }

    private static Refused nameTaken(String name) {
        return Refused.conflict("VEE_NAME_TAKEN", "There is a VEE called '%s' already.".formatted(name), "Choose another name, or terminate that one first.");
    }

    private VeeRecord make(Transaction transaction, Caller caller, VeeId id, VeeSpec spec, List<Parts.DiskPart> disks, Instant now) {
        var nics = new ArrayList<NicPart>();
        for (var wish : spec.nics()) {
            nics.add(addresses.lease(transaction, caller, id, spec.name(), nics.size(), wish));
        }
        Assembly.images(spec).forEach(image -> images.use(transaction, image, id));
        var state = spec.hold() || spec.notBefore().filter(now::isBefore).isPresent() ? VeeState.HELD : VeeState.PENDING;
        return new VeeRecord(id, Ownership.privateTo(caller), state, 1, Optional.empty(), Optional.empty(), false, false, spec,
                new Parts(disks, nics, List.of()), Optional.empty(), Optional.empty(), now, now);
    }

    // ---- looking

    @Override
    public Vee vee(Caller caller, VeeId vee) {
        return require(views.one(vee), Vee::ownership, caller, vee, Right.USE);
    }

    public static VeeRecord require(Optional<VeeRecord> found, Caller caller, VeeId vee, Right right) {
        return require(found, VeeRecord::ownership, caller, vee, right);
    }

    private static <T> T require(Optional<T> found, Function<T, Ownership> ownership, Caller caller, VeeId vee, Right right) {
        var owned = found.filter(it -> ownership.apply(it).allows(caller, Right.USE) || ownership.apply(it).allows(caller, right))
                .orElseThrow(() -> Refused.notFound("VEE_NOT_FOUND", "There is no VEE %s.".formatted(vee), "See: reservoir vee list"));
        if (!ownership.apply(owned).allows(caller, right)) {
            throw Refused.forbidden("NOT_ALLOWED", "You may not %s %s.".formatted(right == Right.ADMIN ? "administer" : right.name().toLowerCase(java.util.Locale.ROOT), vee),
                    "An administrator, or who may manage it, can give you that right: reservoir vee own %s --permissions …".formatted(vee));
        }
        return owned;
    }

    @Override
    public Page<Vee> vees(Caller caller, Filter filter, Page.Request page) {
        return VeeListing.page(views, caller, filter, page);
    }

    @Override
    public List<Vee.Past> history(Caller caller, VeeId vee) {
        return database.read(sql -> {
            require(VeeTable.find(sql, vee), caller, vee, Right.USE);
            return VeeTable.history(sql, vee);
        });
    }

    @Override
    public List<WhyNot> explain(Caller caller, VeeId vee) {
        return wakers.explain(database.read(sql -> require(VeeTable.find(sql, vee), caller, vee, Right.USE)));
    }

    @Override
    public Conflict conflict(Caller caller, VeeId vee) {
        return wakers.conflict(database.read(sql -> require(VeeTable.find(sql, vee), caller, vee, Right.USE)));
    }

    @Override
    public boolean knowsSecret(VeeId vee, String secret) {
        return secrets.isOf(vee, secret);
    }

    /** Said every few seconds by every guest, so whoever is known to be ready costs one look and no lock. */
    @Override
    public void guestReady(VeeId vee) {
        if (database.read(sql -> VeeTable.find(sql, vee)).filter(it -> it.state() == VeeState.RUNNING && !it.ready()).isEmpty()) {
            return;
        }
        database.run(transaction -> VeeTable.lock(transaction.sql(), vee).filter(it -> it.state() == VeeState.RUNNING && !it.ready()).ifPresent(it -> {
            var now = clock.instant();
            VeeTable.write(transaction, List.of(new Change(it, it.step(VeeState.RUNNING, Optional.empty(), now).ready(true), "its guest says it is ready", "guest")), now);
        }));
    }

    // ---- acting

    @Override
    public Vee act(Caller caller, VeeId vee, VeeAction action) {
        var change = database.transact(transaction -> {
            var before = require(VeeTable.lock(transaction.sql(), vee), caller, vee, action);
            Leased.require(transaction.sql(), before, action);
            return change(transaction, caller, before, action);
        });
        settle(change);
        return change.after().view();
    }

    /** An action that a lease has decided; {@link #settle} follows after the commit. */
    public Change order(Transaction transaction, Caller agent, VeeId vee, VeeAction action) {
        return change(transaction, agent, VeeTable.lock(transaction.sql(), vee).orElseThrow(), action);
    }

    private Change change(Transaction transaction, Caller caller, VeeRecord before, VeeAction action) {
        return new Change(before, act(transaction, caller, before, action), Lifecycle.verb(action), caller.name());
    }

    public void settle(Change change) {
        wake(change.before(), change.after());
        consequences.outside(List.of(change));
    }

    private static VeeRecord require(Optional<VeeRecord> found, Caller caller, VeeId vee, VeeAction action) {
        var record = require(found, caller, vee, Right.USE);
        return require(found, caller, vee, needed(record, action));
    }

    /** Who may manage a VEE may let others in; to make it another's, on whose quota it counts then, takes more. */
    private static Right needed(VeeRecord vee, VeeAction action) {
        return switch (action) {
            case VeeAction.Deploy _, VeeAction.Migrate _, VeeAction.Recover _ -> Right.ADMIN;
            case VeeAction.Own(var to) when !to.user().equals(vee.ownership().user()) || !to.group().equals(vee.ownership().group()) -> Right.ADMIN;
            default -> Right.MANAGE;
        };
    }

    private void wake(VeeRecord before, VeeRecord after) {
        if (busy(before) && after.generation() != before.generation()) {
            wakers.interrupt(after.id());
        }
    }

    private VeeRecord act(Transaction transaction, Caller caller, VeeRecord vee, VeeAction action) {
        if (vee.state() == VeeState.TERMINATED) {
            throw Refused.conflict("WRONG_STATE", "%s is TERMINATED; nothing can be done with it.".formatted(vee.id()), "Create another: reservoir vee create");
        }
        return switch (action) {
            case VeeAction.Rename(var name) -> note(transaction, caller, vee, renamed(transaction, vee, name), action);
            case VeeAction.Annotate(var tags, var notes) -> note(transaction, caller, vee, vee.with(vee.spec().noted(kept(vee, tags), notes)), action);
            case VeeAction.Own(var ownership) -> note(transaction, caller, vee, owned(transaction, caller, vee, ownership), action);
            case VeeAction.Reschedule(var wanted) -> note(transaction, caller, vee, vee.rescheduled(wanted), action);
            case VeeAction.Recover(var way) -> commit(transaction, caller, vee, Recovery.of(vee, way, clock.instant()), action);
            default -> follow(transaction, caller, vee, action);
        };
    }

    /** The tags that say which service a VEE belongs to stay, whatever else is written. */
    private static Map<String, String> kept(VeeRecord vee, Map<String, String> tags) {
        var all = new java.util.HashMap<>(tags);
        for (var key : List.of(org.reservoir.interfaces.vmi.VeeChanged.SERVICE_TAG, org.reservoir.interfaces.vmi.VeeChanged.COMPONENT_TAG)) {
            Optional.ofNullable(vee.spec().tags().get(key)).ifPresentOrElse(value -> all.put(key, value), () -> all.remove(key));
        }
        return all;
    }

    private VeeRecord renamed(Transaction transaction, VeeRecord vee, String name) {
        Name.of("VEE", name);
        requireFreeName(transaction, vee, vee.ownership(), name);
        return vee.with(vee.spec().named(name));
    }

    private VeeRecord owned(Transaction transaction, Caller caller, VeeRecord vee, Ownership to) {
        if (!to.user().equals(vee.ownership().user()) || !to.group().equals(vee.ownership().group())) {
            requireFreeName(transaction, vee, to, vee.name());
            quotas.require(transaction.sql(), caller, to, List.of(vee));
        }
        return vee.with(to);
    }

    private static void requireFreeName(Transaction transaction, VeeRecord vee, Ownership owner, String name) {
        var taken = transaction.sql().createQuery("select count(*) from veem.vee where user_id = :user and name = :name and state <> 'TERMINATED' and id <> :id")
                .bind("user", owner.user().value()).bind("name", name).bind("id", vee.id().value()).mapTo(Long.class).one();
        if (taken > 0) {
            throw nameTaken(name);
        }
    }

    /** A change of words only: the generation stays, so that a job under way is not disturbed. */
    private VeeRecord note(Transaction transaction, Caller caller, VeeRecord vee, VeeRecord after, VeeAction action) {
        VeeTable.write(transaction, List.of(new Change(vee, after, Lifecycle.verb(action), caller.name())), clock.instant());
        return after;
    }

    private VeeRecord follow(Transaction transaction, Caller caller, VeeRecord vee, VeeAction action) {
        var now = clock.instant();
        var row = Lifecycle.row(vee.state(), action, vee.id().toString());
        if (row.to().isPresent()) {
            var after = vee.step(row.to().get(), Optional.empty(), now);
            return commit(transaction, caller, vee, action instanceof VeeAction.Resize resize ? resized(transaction, caller, after, resize) : after, action);
        }
        var assembly = new Assembly(transaction, caller, images, addresses, room, quotas);
        return commit(transaction, caller, vee, assembly.begin(vee, row.job().orElseThrow(), action, now), action);
    }

    private VeeRecord resized(Transaction transaction, Caller caller, VeeRecord vee, VeeAction.Resize wish) {
        var after = vee.with(Sense.ofSizes(vee.spec().sized(wish.vcpus(), wish.cpu(), wish.memory())));
        quotas.requireGrowth(transaction.sql(), caller, vee, after);
        return after;
    }

    private VeeRecord commit(Transaction transaction, Caller caller, VeeRecord before, VeeRecord after, VeeAction action) {
        var now = clock.instant();
        VeeTable.write(transaction, List.of(new Change(before, after, Lifecycle.verb(action), caller.name())), now);
        if (busy(after)) {
            transaction.enqueue(Engine.ofVee(after, now));
        }
        before.hosts().stream().filter(host -> !busy(after) && !after.hosts().contains(host))
                .forEach(host -> transaction.enqueue(Engine.erasure(after.id(), host, after.generation(), now)));
        consequences.inside(transaction, List.of(new Change(before, after, Lifecycle.verb(action), caller.name())));
        return after;
    }

    /** Whether there is a work item for the VEE in its present generation: while it passes with a task. */
    static boolean busy(VeeRecord vee) {
        return vee.state().passing() && vee.state() != VeeState.PENDING;
    }
}
