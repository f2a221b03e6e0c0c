package org.reservoir.veem.work;

import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Constraint;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.LicenceTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.placing.Placing;

/** Tells whether a host has room for a VEE, for orders that name the host; the scheduler looks at all hosts at once instead. */
public final class Room {
    private final SiteDatabase database;
    private final Placing placing;

    public Room(SiteDatabase database, Placing placing) {
        this.database = database;
        this.placing = placing;
    }

    /** No placement goes on until the transaction ends. @return the host's name @throws Refused {@code NO_ROOM}, {@code NO_SEAT}, {@code HOST_NOT_FOUND}, {@code HOST_NOT_ENABLED} */
    String require(Handle sql, HostId id, VeeRecord vee) {
        Scheduler.alone(sql);
        var host = HostTable.lock(sql, id).orElseThrow(() -> Refused.notFound("HOST_NOT_FOUND", "There is no %s.".formatted(id), "See: reservoir host list"));
        var returning = vee.host().filter(id::equals).isPresent();
        if (!host.takesVees() && !returning) {
            throw Refused.conflict("HOST_NOT_ENABLED", "Host %s is %s and takes no VEEs.".formatted(host.name(), host.state()),
                    host.state().drowsy() ? "Wake it by 'reservoir host wake %s', or choose another.".formatted(host.name()) : "Enable it, or choose another.");
        }
        LicenceTable.lacking(sql, vee, id).ifPresent(licence -> {
            throw noSeat(licence, vee, host);
        });
        var disk = returning ? DataSize.ZERO : vee.parts().diskSize();
        require(host, taken(sql, host, vee),
                new Capacity(vee.spec().cpu(), vee.spec().memory(), disk), vee);
        return host.name();
    }

    /** Why the host cannot take the VEE at this moment, counting what migrating VEEs still have on the hosts that they leave. */
    public Optional<String> objection(Handle sql, HostId id, VeeRecord vee) {
        try {
            require(sql, id, vee);
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(refused.getMessage());
        }
    }

    /** @throws Refused {@code NO_ROOM} when the VEE's host cannot give what {@code after} needs beyond {@code before} */
    void requireGrowth(Handle sql, VeeRecord before, VeeRecord after) {
        Scheduler.alone(sql);
        before.host().flatMap(id -> HostTable.lock(sql, id)).ifPresent(host -> {
            var more = new Capacity(new Cpus(Math.max(0, after.spec().cpu().milli() - before.spec().cpu().milli())), after.spec().memory().minus(before.spec().memory()), DataSize.ZERO);
            require(host, taken(sql, host, before), more, before);
        });
    }

    /** What the VEEs of a host were promised and, for one that has no part in a lease, what leases will need there. */
    private static Capacity taken(Handle sql, HostTable.HostRecord host, VeeRecord vee) {
        var promised = HostTable.promised(sql, Optional.of(host.id())).getOrDefault(host.id(), HostTable.Promised.NOTHING).capacity();
        return LeaseTable.leaseOf(sql, vee.id()).isPresent() ? promised : promised.plus(LeaseTable.held(sql).getOrDefault(host.id(), Capacity.NONE));
    }

    private static void require(HostTable.HostRecord host, Capacity promised, Capacity more, VeeRecord vee) {
        var has = host.capacity();
        var needs = promised.plus(more);
        if (needs.cpu().compareTo(has.cpu()) > 0) {
            throw noRoom(host, vee, "CPUs", more.cpu(), promised.cpu(), has.cpu());
        }
        if (needs.memory().compareTo(has.memory()) > 0) {
            throw noRoom(host, vee, "memory", more.memory(), promised.memory(), has.memory());
        }
        if (needs.disk().compareTo(has.disk()) > 0) {
            throw noRoom(host, vee, "disk", more.disk(), promised.disk(), has.disk());
        }
    }

    private static Refused noRoom(HostTable.HostRecord host, VeeRecord vee, String what, Object needs, Object promised, Object has) {
        return Refused.exhausted("NO_ROOM", "Host %s has no room for %s: it needs %s %s; %s of %s are promised.".formatted(host.name(), vee.id(), needs, what, promised, has),
                "Choose another host; reservoir vee why %s tells which would do.".formatted(vee.id()));
    }

    private static Refused noSeat(Licence.Terms licence, VeeRecord vee, HostTable.HostRecord host) {
        return Refused.exhausted("NO_SEAT", "%s cannot be on host %s: %s.".formatted(vee.id(), host.name(), new Constraint.Licence(licence.name(), "", licence.seats(), licence.perHost()).full()),
                "Wait until a seat is free; reservoir licence show %s tells who has one, and reservoir licence set %s --seats N says that there are more.".formatted(licence.name(), licence.name()));
    }

    /** The best host for the VEE but the one where it is. @throws Refused {@code NO_ROOM} */
    HostId elsewhere(VeeRecord vee) {
        var found = database.read(sql -> placing.place(sql, List.of(vee), vee.host().stream().toList()));
        return Optional.ofNullable(found.places().get(vee.id()))
                .orElseThrow(() -> Refused.exhausted("NO_ROOM", "%s stays where it is: %s".formatted(vee.id(), found.reasons().get(vee.id())), "Add a host, or make room on one."));
    }
}
