package org.reservoir.veem.kept;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.store.NewWork;
import org.reservoir.store.Transaction;

/**
 * The tables that say which hosts have which networks and security groups, and which NICs the groups hold for; and the work that follows
 * when either changes, written in the transaction of the change. A <i>thing</i> is a network or a security group, by its id as text.
 */
public final class WiringTable {
    /** Work on a network or security group at a host; subject {@code network-3@host-2}, lane the host. */
    public static final String KIND = "veem.wire";
    /** Host option with the address of its tunnels: {@code vtep=192.0.2.7}. */
    public static final String VTEP = "vtep";
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);
    private static final String ON_HOST = "exists (select 1 from veem.vee v join veem.%s m on m.vee = v.id where (v.host = :host or v.destination = :host) and m.%s = :id)";

    private WiringTable() {}

    /** A host that has the thing, and the address of its tunnels. */
    public record HostOption(HostId host, Optional<String> vtep) {
        private static HostOption of(ResultSet row) throws SQLException {
            return new HostOption(new HostId(row.getLong("id")), Optional.ofNullable(Wire.read(row.getString("request"), HostRequest.class).options().get(VTEP)));
        }
    }

    /** A security group that a NIC names. */
    private record Membership(SecurityGroupId group, long vee, int nic) {}

    public static boolean has(Handle sql, String thing, HostId host) {
        return sql.createQuery("select count(*) from veem.wired where thing = :thing and host = :host").bind("thing", thing).bind("host", host.value())
                .mapTo(Long.class).one() > 0;
    }

    /**
     * Keeps in mind that the host has the thing, or is about to; the other hosts of a network hear of their new peer. A while later somebody
     * looks whether it is needed: its guest may have been given another order, or its server may have died, just now.
     */
    public static void note(Transaction transaction, String thing, HostId host) {
        if (transaction.sql().execute("insert into veem.wired (thing, host) values (?, ?) on conflict do nothing", thing, host.value()) > 0) {
            transaction.enqueue(work(thing + "@" + host, transaction.now().plus(LOOK_AGAIN)));
            if (isNetwork(thing)) {
                enqueue(transaction, subjects(transaction.sql(), thing, Optional.of(host)));
            }
        }
    }

    /** The host has let the thing go. Tells whether that is right; not when a guest has come that needs it. */
    public static boolean forget(Transaction transaction, String thing, HostId host) {
        if (used(transaction.sql(), thing, host)) {
            return false;
        }
        if (transaction.sql().execute("delete from veem.wired where thing = ? and host = ?", thing, host.value()) > 0 && isNetwork(thing)) {
            enqueue(transaction, subjects(transaction.sql(), thing, Optional.of(host)));
        }
        return true;
    }

    public static boolean isNetwork(String thing) {
        return thing.startsWith("network");
    }

    /** Whether a VEE that is on the host, or on its way there, needs the thing. */
    public static boolean used(Handle sql, String thing, HostId host) {
        var question = isNetwork(thing) ? ON_HOST.formatted("mac", "network") : ON_HOST.formatted("member", "security_group");
        return sql.createQuery("select " + question).bind("host", host.value()).bind("id", Long.parseLong(thing.replaceFirst(".*-", ""))).mapTo(Boolean.class).one();
    }

    /** What the host has, or is about to have. */
    public static List<String> at(Handle sql, HostId host) {
        return sql.createQuery("select thing from veem.wired where host = :host order by thing").bind("host", host.value()).mapTo(String.class).list();
    }

    public static List<HostOption> others(Handle sql, String thing, HostId but) {
        return sql.createQuery("select h.id, h.request from veem.wired w join veem.host h on h.id = w.host where w.thing = :thing and h.id <> :but")
                .bind("thing", thing).bind("but", but.value())
                .map((row, _) -> HostOption.of(row)).list();
    }

    /** The leases of the NICs that are on the host, or on their way there. */
    public static List<HostNetwork.Entry> entries(Handle sql, NetworkId network, HostId host, boolean wanted) {
        return !wanted ? List.of() : sql.createQuery("""
                        select l.mac, host(l.address) as address, coalesce(l.host, '') as hostname from veem.vee v join veem.lease l on l.vee = v.id
                        where (v.host = :host or v.destination = :host) and l.network = :network order by l.address""")
                .bind("host", host.value()).bind("network", network.value())
                .map((row, _) -> new HostNetwork.Entry(row.getString("mac"), row.getString("address"), row.getString("hostname"))).list();
    }

    // ---- the work that follows

    /** Has every host that has the thing look at it anew. */
    public static void changed(Transaction transaction, String thing) {
        enqueue(transaction, subjects(transaction.sql(), thing, Optional.empty()));
    }

    /** The host's address for tunnels may be another one, or the host is about to go: its peers must know. */
    public static void hostChanged(Transaction transaction, HostId host) {
        var subjects = new TreeSet<String>();
        transaction.sql().createQuery("select thing from veem.wired where host = :host and thing like 'network-%'").bind("host", host.value()).mapTo(String.class)
                .forEach(thing -> subjects.addAll(subjects(transaction.sql(), thing, Optional.empty())));
        enqueue(transaction, subjects);
    }

    /** What VEEs that moved, left, or changed their NICs mean for the hosts where they were, and for the groups they were in. */
    static void follow(Transaction transaction, Collection<Change> changes) {
        var subjects = new TreeSet<String>();
        var groups = new HashSet<SecurityGroupId>();
        for (var change : changes) {
            var before = change.before();
            var after = change.after();
            if (before.parts() != after.parts() || !before.hosts().equals(after.hosts()) || !before.task().equals(after.task())) {
                left(before, after).forEach(subjects::add);
                groups.addAll(join(transaction.sql(), before, after));
            }
        }
        groups.forEach(group -> subjects.addAll(referring(transaction.sql(), group)));
        enqueue(transaction, subjects);
    }

    /** What the VEE no longer needs on the hosts where it was. */
    private static Stream<String> left(VeeRecord before, VeeRecord after) {
        var kept = things(after);
        return before.hosts().stream().flatMap(host -> things(before).stream()
                .filter(thing -> !after.hosts().contains(host) || !kept.contains(thing)).map(thing -> thing + "@" + host));
    }

    private static Stream<NicPart> nics(VeeRecord vee) {
        return Stream.concat(Stream.of(vee.parts()), vee.task().stream().flatMap(task -> task.parts().stream())).flatMap(parts -> parts.nics().stream());
    }

    private static Set<String> things(VeeRecord vee) {
        var things = new TreeSet<String>();
        nics(vee).forEach(nic -> {
            things.add(nic.network().toString());
            nic.filters().forEach(group -> things.add(group.toString()));
        });
        return things;
    }

    private static Set<Membership> memberships(VeeRecord vee) {
        var memberships = new HashSet<Membership>();
        nics(vee).forEach(nic -> nic.filters().forEach(group -> memberships.add(new Membership(group, vee.id().value(), nic.number()))));
        return memberships;
    }

    /** @return the groups whose members are others now */
    private static Set<SecurityGroupId> join(Handle sql, VeeRecord before, VeeRecord after) {
        var gone = memberships(before);
        var come = memberships(after);
        var both = new HashSet<>(gone);
        both.retainAll(come);
        gone.removeAll(both);
        come.removeAll(both);
        gone.forEach(one -> sql.execute("delete from veem.member where security_group = ? and vee = ? and nic = ?", one.group().value(), one.vee(), one.nic()));
        come.forEach(one -> join(sql, one.group(), one.vee(), one.nic()));
        return Stream.concat(gone.stream(), come.stream()).map(Membership::group).collect(java.util.stream.Collectors.toSet());
    }

    private static void join(Handle sql, SecurityGroupId group, long vee, int nic) {
        sql.execute("insert into veem.member (security_group, vee, nic) values (?, ?, ?) on conflict do nothing", group.value(), vee, nic);
    }

    /** A new NIC names the groups. */
    public static void join(Transaction transaction, List<SecurityGroupId> groups, long vee, int nic) {
        var subjects = new TreeSet<String>();
        for (var group : groups) {
            join(transaction.sql(), group, vee, nic);
            subjects.addAll(referring(transaction.sql(), group));
        }
        enqueue(transaction, subjects);
    }

    /** The VEE's NIC, or all of them, is no more. */
    public static void leave(Transaction transaction, long vee, Optional<Integer> nic) {
        var groups = transaction.sql().createQuery("delete from veem.member where vee = :vee and (cast(:nic as integer) is null or nic = :nic) returning security_group")
                .bind("vee", vee).bind("nic", nic.orElse(null)).mapTo(Long.class).set();
        var subjects = new TreeSet<String>();
        groups.forEach(group -> subjects.addAll(referring(transaction.sql(), new SecurityGroupId(group))));
        enqueue(transaction, subjects);
    }

    /** Groups with rules that name the group as a peer, at every host that has them. */
    private static List<String> referring(Handle sql, SecurityGroupId group) {
        return sql.createQuery("""
                        select w.thing || '@host-' || w.host from veem.wired w join veem.security_group s on w.thing = 'secgroup-' || s.id
                        where s.rules like :pattern""").bind("pattern", "%\"" + group + "\"%").mapTo(String.class).list();
    }

    private static List<String> subjects(Handle sql, String thing, Optional<HostId> but) {
        return sql.createQuery("select thing || '@host-' || host from veem.wired where thing = :thing and host <> :but").bind("thing", thing)
                .bind("but", but.map(HostId::value).orElse(0L)).mapTo(String.class).list();
    }

    private static void enqueue(Transaction transaction, Collection<String> subjects) {
        var work = new ArrayList<NewWork>();
        subjects.forEach(subject -> work.add(work(subject, transaction.now())));
        transaction.enqueueAll(work);
    }

    private static NewWork work(String subject, Instant at) {
        return new NewWork(KIND, subject, subject.replaceFirst(".*@", ""), "", at);
    }
}
