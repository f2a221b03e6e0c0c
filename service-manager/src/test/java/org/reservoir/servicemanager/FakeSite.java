package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.interfaces.vmi.Images;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.interfaces.vmi.Licences;
import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/**
 * A virtualisation layer in memory: VEEs pass through their states as time passes ({@link #pass}), names are unique, networks in use stay.
 * It can be told to fail, to be full, and to cut its caller off in the middle of a turn.
 */
final class FakeSite implements Vmi, Vees {
    static final Caller ANNA = new Caller(new UserId(7), "anna", new GroupId(3), Set.of(new GroupId(3)), false);

    /** The caller's process ends here. */
    static final class CutOff extends Error {
        CutOff() {
            super("cut off", null, false, false);
        }
    }

    private static final class Guest {
        private final VeeId id;
        private VeeSpec spec;
        private VeeState state = VeeState.PENDING;
        private boolean ready;
        private final Instant created;
        private Optional<String> problem = Optional.empty();
        private final List<Vee.NicStatus> nics = new ArrayList<>();

        private Guest(VeeId id, VeeSpec spec, Instant created) {
            this.id = id;
            this.spec = spec;
            this.created = created;
        }
    }

    private final Map<VeeId, Guest> guests = new TreeMap<>();
    final FakeImages images = new FakeImages();
    private final FakeNetworks networks = new FakeNetworks(this);
    private final Set<String> everReady = new HashSet<>();
    private long numbers = 1;
    private Instant now;
    private int callsUntilCutOff = -1;
    private boolean cutOffBeforeTheEffect;
    int most = Integer.MAX_VALUE;
    final FakeAdmission admission = new FakeAdmission();
    private final FakeLicences licences = new FakeLicences(Set.of("oracle", "datacenter"));
    Optional<Refused> refusal = Optional.empty();

    FakeSite(Instant now) {
        this.now = now;
    }

    /** Its caller is cut off at the {@code calls}-th changing call from now, before or after that has taken effect. */
    synchronized void cutOffAfter(int calls, boolean beforeTheEffect) {
        callsUntilCutOff = calls;
        cutOffBeforeTheEffect = beforeTheEffect;
    }

    synchronized void mayCutOff(boolean before) {
        if (before == cutOffBeforeTheEffect && callsUntilCutOff >= 0 && callsUntilCutOff-- == 0) {
            throw new CutOff();
        }
    }

    /** Time passes; everything under way gets on, or with {@code failures} of a hundred fails. */
    synchronized void pass(Duration time, RandomGenerator random, int failures) {
        now = now.plus(time);
        guests.values().forEach(guest -> step(guest, random, failures));
        noteReady();
    }

    /** Time passes and all that is under way comes to its end. */
    synchronized void settle(Duration time) {
        now = now.plus(time);
        guests.values().forEach(guest -> {
            while (guest.state.passing()) {
                next(guest);
            }
            guest.ready = guest.state == VeeState.RUNNING;
        });
        noteReady();
    }

    private void noteReady() {
        guests.values().stream().filter(guest -> guest.ready).forEach(guest -> everReady.add(guest.spec.tags().get(VeeChanged.COMPONENT_TAG)));
    }

    private void step(Guest guest, RandomGenerator random, int failures) {
        if (guest.state.passing() && random.nextInt(100) < failures) {
            guest.state = VeeState.FAILED;
            guest.problem = Optional.of("the host said no");
        } else if (random.nextInt(100) < 60) {
            next(guest);
        } else if (guest.state == VeeState.RUNNING && random.nextInt(100) < failures) {
            vanish(guest.id);
        }
    }

    private static void next(Guest guest) {
        switch (guest.state) {
            case PENDING -> guest.state = VeeState.DEPLOYING;
            case DEPLOYING -> guest.state = VeeState.RUNNING;
            case RUNNING -> guest.ready = true;
            case TERMINATING -> guest.state = VeeState.TERMINATED;
            default -> { }
        }
        guest.ready &= guest.state == VeeState.RUNNING;
    }

    /** Somebody ended it behind the Service Manager's back. */
    synchronized void vanish(VeeId vee) {
        guests.get(vee).state = VeeState.TERMINATED;
        guests.get(vee).ready = false;
    }

    synchronized void put(VeeId vee, VeeState state, boolean ready) {
        guests.get(vee).state = state;
        guests.get(vee).ready = ready;
    }

    synchronized Instant now() {
        return now;
    }

    synchronized boolean everReady(String component) {
        return everReady.contains(component);
    }

    /** All that are not gone. */
    synchronized List<Vee> living() {
        return guests.values().stream().filter(guest -> guest.state != VeeState.TERMINATED).map(this::shown).toList();
    }

    private Vee shown(Guest g) {
        return new Vee(g.id, g.spec.name(), Ownership.privateTo(ANNA), g.state, Optional.empty(), g.spec, Optional.empty(), Optional.empty(), 1, g.ready, List.of(),
                g.state == VeeState.PENDING ? List.of() : g.nics, List.of(), g.problem, false, g.created, g.created);
    }

    @Override
    public synchronized List<Vee> create(Caller caller, List<VeeSpec> specs) {
        mayCutOff(true);
        for (var spec : specs) {
            if (living().stream().anyMatch(vee -> vee.name().equals(spec.name()))) {
                throw Refused.conflict("VEE_NAME_TAKEN", "There is a VEE '%s' already.".formatted(spec.name()), "");
            }
        }
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        if (living().size() + specs.size() > most) {
            throw Refused.exhausted("QUOTA_EXCEEDED", "Only %d VEEs are allowed.".formatted(most), "");
        }
        var made = specs.stream().map(this::make).toList();
        mayCutOff(false);
        return made;
    }

    private Vee make(VeeSpec spec) {
        var guest = new Guest(new VeeId(numbers++), spec, now);
        for (int i = 0; i < spec.nics().size(); i++) {
            guest.nics.add(new Vee.NicStatus(i, spec.nics().get(i).network(), "02:00:00:00:00:01", List.of("10.0.%d.%d".formatted(i, guest.id.value() % 250)), List.of()));
        }
        guests.put(guest.id, guest);
        return shown(guest);
    }

    @Override
    public synchronized Vee vee(Caller caller, VeeId vee) {
        return Optional.ofNullable(guests.get(vee)).map(this::shown).orElseThrow(() -> Refused.notFound("VEE_NOT_FOUND", "There is no " + vee, ""));
    }

    @Override
    public synchronized Page<Vee> vees(Caller caller, Filter filter, Page.Request page) {
        var after = page.after().map(VeeId::parse).map(VeeId::value).orElse(0L);
        var found = living().stream().filter(vee -> vee.id().value() > after)
                .filter(vee -> filter.name().filter(name -> !name.equals(vee.name())).isEmpty())
                .filter(vee -> filter.tags().stream().allMatch(tag -> tag.equals(tag.substring(0, tag.indexOf('=')) + "=" + vee.spec().tags().get(tag.substring(0, tag.indexOf('='))))))
                .sorted(Comparator.comparing(Vee::id)).toList();
        return new Page<>(found, Optional.empty());
    }

    @Override
    public synchronized Vee act(Caller caller, VeeId id, VeeAction action) {
        mayCutOff(true);
        var guest = guests.get(vee(caller, id).id());
        if (guest.state == VeeState.TERMINATED || guest.state == VeeState.TERMINATING) {
            throw Refused.conflict("WRONG_STATE", "%s is %s.".formatted(id, guest.state), "");
        }
        switch (action) {
            case VeeAction.Terminate _ -> guest.state = VeeState.TERMINATING;
            case VeeAction.Recover _ -> guest.state = VeeState.DEPLOYING;
            default -> throw new IllegalStateException("the Service Manager is not to do " + action);
        }
        guest.ready = false;
        guest.problem = Optional.empty();
        mayCutOff(false);
        return shown(guest);
    }

    @Override
    public synchronized List<Vee.Past> history(Caller caller, VeeId vee) {
        return List.of();
    }

    @Override
    public synchronized Conflict conflict(Caller caller, VeeId vee) {
        return Conflict.NONE;
    }

    @Override
    public synchronized List<WhyNot> explain(Caller caller, VeeId vee) {
        return List.of();
    }

    @Override
    public synchronized void guestReady(VeeId vee) {
        guests.get(vee).ready = true;
    }

    @Override
    public synchronized boolean knowsSecret(VeeId vee, String secret) {
        return false;
    }

    @Override
    public Vees vees() {
        return this;
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
        throw notOurs();
    }

    @Override
    public Hosts hosts() {
        throw notOurs();
    }

    @Override
    public Leases leases() {
        throw notOurs();
    }

    @Override
    public Licences licences() {
        return licences;
    }

    @Override
    public Placements placements() {
        return admission;
    }

    static IllegalStateException notOurs() {
        return new IllegalStateException("the Service Manager is not to ask for this");
    }

}
