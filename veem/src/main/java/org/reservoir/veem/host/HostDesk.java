package org.reservoir.veem.host;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vhi.Console;
import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.ScreenAddress;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.GuestReport;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostChange;
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
import org.reservoir.veem.kept.Fleet;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.PassageTable;
import org.reservoir.veem.kept.SleepTable;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.kept.WiringTable;
import org.reservoir.veem.work.AgentAnswers;
import org.reservoir.veem.work.Farewell;
import org.reservoir.veem.work.Scheduler;
import org.reservoir.veem.work.VeeDesk;

/** Takes wishes about hosts. */
public final class HostDesk implements Hosts {
    private final SiteDatabase database;
    private final Fleet fleet;
    private final HostTerms terms;
    private final InstantSource clock;
    private final Runnable place;
    private final Farewell farewell;
    private final SleepingHosts sleeping;

    /** @param place called when a host may have become able to take VEEs */
    public HostDesk(SiteDatabase database, Fleet fleet, InstantSource clock, Runnable place, Farewell farewell, SleepingHosts sleeping) {
        this.database = database;
        this.fleet = fleet;
        this.terms = new HostTerms(fleet);
        this.clock = clock;
        this.place = place;
        this.farewell = farewell;
        this.sleeping = sleeping;
    }

    @Override
    public Host add(Caller caller, HostRequest request) {
        requireAdministrator(caller);
        terms.requireSound(request);
        database.run(transaction -> HostTerms.requireFree(transaction.sql(), request, Optional.empty()));
        var identity = terms.identity(request);
        database.run(transaction -> HostTerms.requireFree(transaction.sql(), request, identity));
        var facts = terms.tryOut(request);
        var id = database.transact(transaction -> {
            HostTable.changed(transaction.sql()); // whoever else adds one waits here
            HostTerms.requireFree(transaction.sql(), request, identity);
            return HostTable.insert(transaction.sql(), request, identity, facts, clock.instant());
        });
        place.run();
        return host(caller, id);
    }

    @Override
    public Host host(Caller caller, HostId host) {
        return database.read(sql -> moving(PassageTable.of(sql, host, clock.instant()), view(caller, HostTable.find(sql, host).orElseThrow(() -> notFound(host)),
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
                    .map(host -> view(caller, host, promised.getOrDefault(host.id(), HostTable.Promised.NOTHING))).toList();
            return new Page<>(items, more ? Optional.of(items.getLast().id().toString()) : Optional.empty());
        });
    }

    private Host view(Caller caller, HostTable.HostRecord host, HostTable.Promised promised) {
        var features = new TreeSet<String>();
        host.facts().ifPresent(facts -> facts.features().forEach(feature -> features.add(feature.name())));
        return new Host(host.id(), host.name(), host.request().uri(), host.state(), host.problem(), host.facts().map(HostDesk::words).orElse(Map.of()), features,
                host.capacity(), promised.capacity(), promised.vees(), host.request().cluster(), host.request().labels(),
                Host.Kept.of(host.request(), caller.administrator() ? fleet.shown(host.request()) : Map.of()), host.lastSeen());
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
        return change(caller, id, _ -> request);
    }

    @Override
    public Host change(Caller caller, HostId id, HostChange change) {
        return change(caller, id, change::of);
    }

    private Host change(Caller caller, HostId id, UnaryOperator<HostRequest> change) {
        requireAdministrator(caller);
        var seen = database.read(sql -> HostTable.find(sql, id)).orElseThrow(() -> notFound(id));
        var wanted = change.apply(seen.request());
        var facts = terms.tryChanged(seen, wanted);
        facts.or(seen::facts).ifPresent(has -> HostTerms.requireLeft(wanted, has));
        var changed = alter(caller, id, host -> {
            var request = change.apply(host.request());
            if (!host.request().options().equals(seen.request().options())) {
                throw Refused.conflict("HOST_CHANGED", "The options of host %s were changed meanwhile.".formatted(host.name()), "Look at it and try again: reservoir host show " + host.name());
            }
            return facts.map(host::found).orElse(host).kept(request);
        });
        if (!wanted.options().equals(seen.request().options())) {
            fleet.forget(id); // whoever speaks to it next does so with its new options
        }
        return changed;
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

    private Host alter(Caller caller, HostId id, UnaryOperator<HostTable.HostRecord> change) {
        requireAdministrator(caller);
        database.run(transaction -> {
            var before = HostTable.lock(transaction.sql(), id).orElseThrow(() -> notFound(id));
            var after = change.apply(before);
            HostTable.update(transaction.sql(), after);
            var otherwise = !after.request().options().equals(before.request().options());
            if (otherwise) {
                WiringTable.hostChanged(transaction, id);
            }
            if (otherwise || after.takesVees() && !before.takesVees()) {
                Scheduler.tryAnew(transaction, after.name(), caller.name(), clock.instant());
            }
        });
        place.run();
        return host(caller, id);
    }

    @Override
    public void remove(Caller caller, HostId id) {
        requireAdministrator(caller);
        close(id);
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

    /** From now on no server of the site places a VEE there, whatever becomes of the removal. */
    private void close(HostId id) {
        database.run(transaction -> {
            Scheduler.alone(transaction.sql());
            HostTable.update(transaction.sql(), requireEmpty(transaction, id).in(Host.State.DISABLED));
        });
    }

    private static HostTable.HostRecord requireEmpty(Transaction transaction, HostId id) {
        var host = HostTable.lock(transaction.sql(), id).orElseThrow(() -> notFound(id));
        var vees = VeeTable.query(transaction.sql(), "host = ? or destination = ? limit 1", id.value(), id.value());
        if (!vees.isEmpty()) {
            throw Refused.conflict("HOST_IN_USE", "VEEs are on host %s, %s among them.".formatted(host.name(), vees.getFirst().id()),
                    "Move them away first: reservoir host evacuate " + host.name());
        }
        return host;
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
