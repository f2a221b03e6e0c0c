package org.reservoir.veem;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vhi.Console;
import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.ScreenAddress;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.GuestReport;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Speeds;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;

/** Takes wishes about hosts. */
final class HostDesk implements Hosts {
    private static final int MOST_PROMISED = 1000;
    /** Begins the options that become facts of the host. */
    private static final String LABEL = "label.";

    private final SiteDatabase database;
    private final Fleet fleet;
    private final InstantSource clock;
    private final Runnable place;
    private final Farewell farewell;
    private final SleepingHosts sleeping;

    /** @param place called when a host may have become able to take VEEs */
    HostDesk(SiteDatabase database, Fleet fleet, InstantSource clock, Runnable place, Farewell farewell, SleepingHosts sleeping) {
        this.database = database;
        this.fleet = fleet;
        this.clock = clock;
        this.place = place;
        this.farewell = farewell;
        this.sleeping = sleeping;
    }

    @Override
    public Host add(Caller caller, HostRequest request) {
        requireAdministrator(caller);
        requireSound(request);
        database.run(transaction -> requireFree(transaction.sql(), request, Optional.empty()));
        var identity = reach(request, () -> fleet.identity(request));
        database.run(transaction -> requireFree(transaction.sql(), request, identity));
        var facts = reach(request, () -> findOut(request));
        var id = database.transact(transaction -> {
            HostTable.changed(transaction.sql()); // whoever else adds one waits here
            requireFree(transaction.sql(), request, identity);
            return HostTable.insert(transaction.sql(), request, identity, facts, clock.instant());
        });
        place.run();
        return host(caller, id);
    }

    private void requireSound(HostRequest request) {
        requireFactor(request, "CPU", request.cpuFactor());
        requireFactor(request, "memory", request.memoryFactor());
        var known = new TreeSet<>(fleet.options(request));
        known.add(Wiring.VTEP);
        request.options().keySet().stream().filter(option -> !known.contains(option) && !option.startsWith(LABEL)).sorted().findFirst().ifPresent(option -> {
            throw Refused.invalid("BAD_HOST_OPTION", "Host %s: there is no option '%s' for %s.".formatted(request.name(), option, request.uri()),
                    "Options are %s and %sNAME; see docs/reference/hosts.md.".formatted(String.join(", ", known), LABEL));
        });
    }

    private static void requireFactor(HostRequest request, String what, double factor) {
        if (!(factor > 0 && factor <= MOST_PROMISED)) {
            throw Refused.invalid("BAD_OVERCOMMIT", "Host %s: its %s cannot be promised %s times.".formatted(request.name(), what, factor), "Give a factor above 0 and up to %d; 1 means no overcommit.".formatted(MOST_PROMISED));
        }
    }

    private static void requireFree(Handle sql, HostRequest request, Optional<String> identity) {
        HostTable.like(sql, request, identity).ifPresent(host -> {
            if (host.name().equals(request.name())) {
                throw Refused.conflict("HOST_NAME_TAKEN", "There is a host called '%s' already.".formatted(request.name()), "Choose another name.");
            }
            if (host.request().uri().equals(request.uri())) {
                throw Refused.conflict("HOST_ADDED_ALREADY", "%s is host '%s' already.".formatted(request.uri(), host.name()), "See: reservoir host show " + host.name());
            }
            throw Refused.conflict("HOST_ADDED_ALREADY", "%s is host '%s' already, which was added as %s.".formatted(request.uri(), host.name(), host.request().uri()),
                    "If it is another machine, give its libvirtd a host_uuid of its own (in /etc/libvirt/libvirtd.conf); guests cannot move between two that say the same.");
        });
    }

    private HostFacts findOut(HostRequest request) {
        try (var host = fleet.tryOut(request)) {
            try {
                fleet.wakes(request);
                return host.facts();
            } catch (HostFailure failure) {
                Farewell.leave(host, request.uri());
                throw failure;
            }
        }
    }

    private static <T> T reach(HostRequest request, Supplier<T> asking) {
        try {
            return asking.get();
        } catch (HostFailure failure) {
            throw Refused.unavailable("HOST_UNREACHABLE", "Host %s is not added: %s".formatted(request.name(), failure.getMessage()),
                    "Check that libvirt runs there and that this site may connect; try: virsh -c %s version".formatted(request.uri()));
        }
    }

    @Override
    public Host host(Caller caller, HostId host) {
        return database.read(sql -> moving(PassageTable.of(sql, host, clock.instant()), view(HostTable.find(sql, host).orElseThrow(() -> notFound(host)),
                HostTable.promised(sql, Optional.of(host)).getOrDefault(host, HostTable.Promised.NOTHING))));
    }

    /** Tells how fast VEEs move to and from it, where that was seen. */
    private static Host moving(Speeds speeds, Host host) {
        var facts = new TreeMap<>(host.facts());
        Optional.ofNullable(speeds.sending().get(host.id().value())).ifPresent(speed -> facts.put("migrates from here", perSecond(speed)));
        Optional.ofNullable(speeds.receiving().get(host.id().value())).ifPresent(speed -> facts.put("migrates to here", perSecond(speed)));
        return host.knowing(facts);
    }

    private static String perSecond(long bytes) {
        return "%d MiB/s".formatted(bytes >> 20);
    }

    private static Refused notFound(HostId host) {
        return Refused.notFound("HOST_NOT_FOUND", "There is no %s.".formatted(host), "See: reservoir host list");
    }

    @Override
    public Page<Host> hosts(Caller caller, Page.Request page) {
        return database.read(sql -> {
            var found = HostTable.page(sql, page.after().map(HostId::parse).map(HostId::value).orElse(0L), page.limit() + 1);
            var promised = HostTable.promised(sql, Optional.empty());
            var more = found.size() > page.limit();
            var items = (more ? found.subList(0, page.limit()) : found).stream()
                    .map(host -> view(host, promised.getOrDefault(host.id(), HostTable.Promised.NOTHING))).toList();
            return new Page<>(items, more ? Optional.of(items.getLast().id().toString()) : Optional.empty());
        });
    }

    private static Host view(HostTable.HostRecord host, HostTable.Promised promised) {
        var features = new TreeSet<String>();
        host.facts().ifPresent(facts -> facts.features().forEach(feature -> features.add(feature.name())));
        return new Host(host.id(), host.name(), host.request().uri(), host.state(), host.problem(), host.facts().map(HostDesk::words).orElse(Map.of()), features,
                host.capacity(), promised.capacity(), promised.vees(), host.request().cluster(), host.request().labels(), host.lastSeen());
    }

    private static Map<String, String> words(HostFacts facts) {
        var words = new LinkedHashMap<>(facts.labels());
        words.put("hostname", facts.hostname());
        words.put("hypervisor", facts.hypervisor());
        words.put("architecture", facts.architecture());
        words.put("processors", Integer.toString(facts.processors()));
        words.put("acceleration", facts.acceleration().name().toLowerCase(java.util.Locale.ROOT));
        return words;
    }

    @Override
    public Host change(Caller caller, HostId id, HostRequest request) {
        requireSound(request);
        return alter(caller, id, host -> {
            if (!host.request().name().equals(request.name()) || !host.request().uri().equals(request.uri())) {
                throw Refused.invalid("BAD_REQUEST", "The name and URI of a host stay as they are.", "Remove it and add it anew.");
            }
            return host.kept(request);
        });
    }

    @Override
    public Host enable(Caller caller, HostId host) {
        return alter(caller, host, it -> it.in(Host.State.ENABLED));
    }

    @Override
    public Host disable(Caller caller, HostId host) {
        return alter(caller, host, it -> it.in(Host.State.DISABLED));
    }

    @Override
    public Host evacuate(Caller caller, HostId host) {
        return alter(caller, host, it -> it.in(Host.State.EVACUATING));
    }

    @Override
    public Host sleep(Caller caller, HostId id) {
        requireAdministrator(caller);
        database.run(transaction -> {
            Scheduler.alone(transaction.sql());
            var host = HostTable.lock(transaction.sql(), id).orElseThrow(() -> notFound(id));
            if (host.state() == Host.State.FALLING_ASLEEP || host.state() == Host.State.ASLEEP) {
                return;
            }
            sleeping.objection(host).ifPresent(why -> {
                throw cannotSleep(host, why);
            });
            if (host.state() == Host.State.UNREACHABLE || host.state() == Host.State.WAKING) {
                throw wrongState(host, "put to sleep", "See: reservoir host show " + host.name());
            }
            requireEmpty(transaction, id);
            if (!SleepTable.isEmpty(transaction.sql(), id)) {
                throw Refused.conflict("HOST_IN_USE", "Leases have been promised room on host %s.".formatted(host.name()), "See: reservoir lease calendar");
            }
            SleepTable.enter(transaction, host, Host.State.FALLING_ASLEEP, clock.instant());
        });
        return host(caller, id);
    }

    @Override
    public Host wake(Caller caller, HostId id) {
        requireAdministrator(caller);
        database.run(transaction -> {
            var host = HostTable.lock(transaction.sql(), id).orElseThrow(() -> notFound(id));
            switch (host.state()) {
                case ASLEEP, UNREACHABLE -> {
                    sleeping.unwakeable(host).ifPresent(why -> {
                        throw cannotSleep(host, why);
                    });
                    SleepTable.enter(transaction, host, Host.State.WAKING, clock.instant());
                }
                case FALLING_ASLEEP -> {
                    if (SleepTable.find(transaction.sql(), id).orElseThrow().slept().isPresent()) {
                        throw wrongState(host, "woken", "It falls asleep at this moment; wake it when it sleeps.");
                    }
                    SleepTable.awake(transaction, host, Optional.empty());
                }
                case WAKING, NEW, ENABLED, DISABLED, EVACUATING -> { }
            }
        });
        return host(caller, id);
    }

    private static Refused cannotSleep(HostTable.HostRecord host, String why) {
        return Refused.conflict("HOST_CANNOT_SLEEP", "Host %s is not put to sleep and woken: %s.".formatted(host.name(), why),
                "A libvirt host needs suspend_mem in its capabilities and --option wake=MAC, or the site --wake PROGRAM; see docs/reference/configuration.md.");
    }

    private static Refused wrongState(HostTable.HostRecord host, String what, String advice) {
        return Refused.conflict("WRONG_STATE", "Host %s is %s and cannot be %s.".formatted(host.name(), host.state(), what), advice);
    }

    private Host alter(Caller caller, HostId id, java.util.function.UnaryOperator<HostTable.HostRecord> change) {
        requireAdministrator(caller);
        database.run(transaction -> {
            var before = HostTable.lock(transaction.sql(), id).orElseThrow(() -> notFound(id));
            var after = change.apply(before);
            HostTable.update(transaction.sql(), after);
            if (!after.request().options().equals(before.request().options())) {
                WiringTable.hostChanged(transaction, id);
            }
        });
        place.run();
        return host(caller, id);
    }

    @Override
    public void remove(Caller caller, HostId id) {
        requireAdministrator(caller);
        database.run(transaction -> requireEmpty(transaction, id));
        farewell.to(id);
        try {
            database.run(transaction -> {
                requireEmpty(transaction, id);
                WiringTable.hostChanged(transaction, id);
                HostTable.delete(transaction.sql(), id);
            });
        } finally {
            fleet.forget(id); // a host that stays after all begins anew
        }
    }

    private static void requireEmpty(Transaction transaction, HostId id) {
        var host = HostTable.lock(transaction.sql(), id).orElseThrow(() -> notFound(id));
        var vees = VeeTable.query(transaction.sql(), "host = ? or destination = ? limit 1", id.value(), id.value());
        if (!vees.isEmpty()) {
            throw Refused.conflict("HOST_IN_USE", "VEEs are on host %s, %s among them.".formatted(host.name(), vees.getFirst().id()),
                    "Move them away first: reservoir host evacuate " + host.name());
        }
    }

    private static void requireAdministrator(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("NOT_ALLOWED", "Only administrators of the infrastructure may change hosts.", "Ask one, or use an administrator's token: reservoir login URL");
        }
    }

    // ---- consoles

    @Override
    public Console console(Caller caller, VeeId vee) {
        return at(caller, vee, host -> host.console(vee));
    }

    @Override
    public Optional<ScreenAddress> screen(Caller caller, VeeId vee) {
        return at(caller, vee, host -> host.screen(vee));
    }

    @Override
    public GuestReport guest(Caller caller, VeeId vee) {
        return at(caller, vee, host -> AgentAnswers.report(question -> host.askAgent(vee, question)));
    }

    private <T> T at(Caller caller, VeeId vee, java.util.function.Function<org.reservoir.interfaces.vhi.VeeHost, T> ask) {
        var record = database.read(sql -> VeeDesk.require(VeeTable.find(sql, vee), caller, vee, Right.MANAGE));
        var id = record.host().orElseThrow(() -> Refused.conflict("WRONG_STATE", "%s is %s and has no console.".formatted(vee, record.state()), "Its guest must run."));
        var host = database.read(sql -> HostTable.find(sql, id)).orElseThrow(() -> notFound(id));
        try {
            return ask.apply(fleet.open(id, host.request()));
        } catch (HostFailure failure) {
            throw failure.kind().passing() ? Refused.unavailable("HOST_UNREACHABLE", "Host %s: %s".formatted(host.name(), failure.getMessage()), "Try again later.")
                    : Refused.conflict("WRONG_STATE", "%s is %s: %s".formatted(vee, record.state(), failure.getMessage()), "Its guest must run.");
        }
    }
}
