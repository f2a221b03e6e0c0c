package org.reservoir.veem.network;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vhi.TrafficFilter;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.van.NetworkPlan;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.WiringTable;

/**
 * Gives hosts the networks and security groups that their guests need, as they must be now, and takes them away when the last guest has
 * left. Before a guest comes its host is wired by {@link #plug}; whatever changes afterwards — rules, peers, leases, a guest that left — is
 * work that {@link WiringTable} writes down and {@link #perform} does. What a host is told is read from the site database and compared again
 * after the host took it, so that of two who tell it different things at a time the one who knows more has the last word.
 */
public final class Wiring {
    private static final int TRIES = 10;

    private final SiteDatabase database;
    private final String site;
    private final Function<HostId, VeeHost> hosts;
    /** By subject of the work. */
    private final Map<String, ReentrantLock> turns = new ConcurrentHashMap<>();

    /** @param site four hex digits that tell this site's bridges from another's on the same host */
    public Wiring(SiteDatabase database, String site, Function<HostId, VeeHost> hosts) {
        this.database = database;
        this.site = site;
        this.hosts = hosts;
    }

    /** Makes what the guest is plugged into. */
    public void plug(VeeHost host, HostId where, Guest guest) {
        for (var nic : guest.nics()) {
            ensure(host, where, nic.network());
            nic.filters().forEach(group -> ensure(host, where, group));
        }
    }

    /** Has the host as it must be now; removes there what no guest of the host uses any more. */
    public void perform(String subject) {
        var words = subject.split("@");
        inTurn(subject, () -> perform(words[0], HostId.parse(words[1])));
    }

    /** For a host that is given up: what was being told it of the thing is at its end before, and so makes nothing anew afterwards. */
    public void takeAway(VeeHost host, HostId where, String thing) {
        inTurn(thing + "@" + where, () -> {
            if (WiringTable.isNetwork(thing)) {
                host.dropNetwork(NetworkId.parse(thing));
            } else {
                host.dropFilter(SecurityGroupId.parse(thing));
            }
        });
    }

    private void inTurn(String subject, Runnable work) {
        var turn = turns.computeIfAbsent(subject, _ -> new ReentrantLock());
        turn.lock();
        try {
            work.run();
        } finally {
            turn.unlock();
        }
    }

    private void perform(String thing, HostId where) {
        if (database.read(sql -> HostTable.find(sql, where)).isEmpty()) {
            return;
        }
        var host = hosts.apply(where);
        if (WiringTable.isNetwork(thing)) {
            var network = NetworkId.parse(thing);
            settle(where, thing, () -> ensure(host, where, network), () -> host.dropNetwork(network));
        } else {
            var group = SecurityGroupId.parse(thing);
            settle(where, thing, () -> ensure(host, where, group), () -> host.dropFilter(group));
        }
    }

    /**
     * Ends when what was done is still right afterwards. A guest may come while its network is dropped: then it is made again, and the guest's
     * own job, which failed meanwhile, is tried again. The last guest may leave while its network is told something: then it is dropped after all.
     */
    private void settle(HostId where, String thing, Runnable ensure, Runnable drop) {
        for (int i = 0; i < TRIES; i++) {
            if (isUsed(thing, where)) {
                ensure.run();
                if (isUsed(thing, where)) {
                    return;
                }
            }
            drop.run();
            if (database.<Boolean>transact(transaction -> WiringTable.forget(transaction, thing, where))) {
                return;
            }
        }
        throw new HostFailure(HostFailure.Kind.BUSY, "guests of %s come to and leave %s faster than it can be wired.".formatted(thing, where));
    }

    private boolean isUsed(String thing, HostId where) {
        return database.read(sql -> WiringTable.used(sql, thing, where));
    }

    private void ensure(VeeHost host, HostId where, NetworkId network) {
        if (isNew(network.toString(), where)) {
            on(where, network); // refuses a host that cannot join before it is one of the network's: the others would be refused because of it
            note(network.toString(), where);
        }
        untilStill(() -> on(where, network), host::ensureNetwork);
    }

    private void ensure(VeeHost host, HostId where, SecurityGroupId group) {
        if (isNew(group.toString(), where)) {
            note(group.toString(), where);
        }
        untilStill(() -> filter(group), host::ensureFilter);
    }

    private boolean isNew(String thing, HostId where) {
        return !database.read(sql -> WiringTable.has(sql, thing, where));
    }

    private void note(String thing, HostId where) {
        database.run(transaction -> WiringTable.note(transaction, thing, where));
    }

    private static <T> void untilStill(Supplier<T> wanted, Consumer<T> tell) {
        var told = wanted.get();
        tell.accept(told);
        for (int i = 0; i < TRIES; i++) {
            var now = wanted.get();
            if (now.equals(told)) {
                return;
            }
            told = now;
            tell.accept(told);
        }
        throw new HostFailure(HostFailure.Kind.BUSY, "%s changes faster than hosts can be told.".formatted(told));
    }

    // ---- as hosts must have them

    /** The network as the host must have it now. */
    HostNetwork on(HostId host, NetworkId id) {
        return database.read(sql -> {
            var spec = NetworkDesk.spec(sql, id).orElseThrow(() -> new HostFailure(HostFailure.Kind.REFUSED, "There is no %s any more.".formatted(id)));
            var plan = NetworkPlan.of(spec);
            var own = spec.overlay() ? HostTable.find(sql, host).flatMap(it -> Optional.ofNullable(it.request().options().get(WiringTable.VTEP))) : Optional.<String>empty();
            var others = spec.overlay() ? WiringTable.others(sql, id.toString(), host) : List.<WiringTable.HostOption>of();
            requireTunnels(spec.name(), host, own, others);
            return plan.on(site, id, WiringTable.entries(sql, id, host, spec.dhcp()), own, others.stream().flatMap(end -> end.vtep().stream()).sorted().toList());
        });
    }

    /** A network that spans hosts but cannot reach one of them would fall apart without a word. */
    private static void requireTunnels(String network, HostId host, Optional<String> own, List<WiringTable.HostOption> others) {
        var without = own.isEmpty() && !others.isEmpty() ? Optional.of(host)
                : others.stream().filter(end -> end.vtep().isEmpty()).map(WiringTable.HostOption::host).findFirst();
        without.ifPresent(bare -> {
            throw new HostFailure(HostFailure.Kind.UNSUPPORTED, "Network %s spans hosts, and %s has no address for tunnels: give it the option %s=ADDRESS.".formatted(network, bare, WiringTable.VTEP));
        });
    }

    /** The security group as hosts must have it now. */
    TrafficFilter filter(SecurityGroupId group) {
        return database.read(sql -> SecurityGroups.filter(sql, group));
    }
}
