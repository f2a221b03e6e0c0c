package org.reservoir.veem.network;

import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.van.Address;
import org.reservoir.van.NetworkPlan;
import org.reservoir.van.Subnet;
import org.reservoir.veem.kept.AddressBook;
import org.reservoir.veem.kept.Listings;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.Pool;
import org.reservoir.veem.kept.WiringTable;

/** Keeps the virtual networks and gives their addresses out. Every lease is a row, written in the transaction of what it is for. */
public final class NetworkDesk implements Networks, AddressBook {
    private final SiteDatabase database;
    private final SecurityGroups groups;

    public NetworkDesk(SiteDatabase database) {
        this.database = database;
        this.groups = new SecurityGroups(database);
    }

    private record Row(NetworkId id, Ownership ownership, NetworkSpec spec) {
        NetworkPlan plan() {
            return NetworkPlan.of(spec);
        }
    }

    // ---- networks

    @Override
    public Network create(Caller caller, NetworkSpec spec) {
        var plan = NetworkPlan.of(spec);
        if (spec.reach().equals("bridged") && !caller.administrator()) {
            throw Refused.forbidden("NOT_ALLOWED", "Only administrators of the infrastructure may bridge networks to the hosts' own.", "Ask one, or make it nat.");
        }
        if (!spec.reach().equals("bridged") && spec.bridge().isPresent()) { // asked of new ones alone: one that is kept with a bridge goes on without it
            throw Refused.invalid("BAD_NETWORK", "Network %s is %s and would not be on the bridge %s.".formatted(spec.name(), spec.reach(), spec.bridge().get()), "Leave the bridge out, or make it bridged.");
        }
        var id = database.<Optional<Long>>transact(transaction -> {
            var made = transaction.sql().createQuery("""
                        insert into veem.network (user_id, group_id, permissions, name, spec) values (:user, :group, :permissions, :name, :spec)
                        on conflict do nothing returning id""")
                .bind("user", caller.user().value()).bind("group", caller.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", spec.name())
                .bind("spec", Wire.write(spec)).mapTo(Long.class).findOne();
            made.ifPresent(number -> plan.onHosts().forEach(subnet -> claim(transaction.sql(), number, subnet)));
            return made;
        });
        return network(caller, id.map(NetworkId::new).orElseThrow(() ->
                Refused.conflict("NETWORK_NAME_TAKEN", "You have a network called '%s' already.".formatted(spec.name()), "Choose another name.")));
    }

    /** Where hosts have an address in it, a subnet belongs to one network of the site: two could not be on one host. */
    private static void claim(Handle sql, long network, Subnet subnet) {
        if (sql.execute("insert into veem.subnet (network, subnet) values (?, ?::cidr) on conflict do nothing", network, subnet.toString()) == 0) {
            throw Refused.conflict("SUBNET_TAKEN", "Another network of this site has addresses of %s.".formatted(subnet), "Choose another subnet; only isolated networks without DHCP may share one.");
        }
    }

    @Override
    public Network network(Caller caller, NetworkId id) {
        return database.read(sql -> view(sql, require(sql, caller, id, Right.USE)));
    }

    @Override
    public Page<Network> networks(Caller caller, Page.Request page) {
        return database.read(sql -> {
            var rows = sql.createQuery("select id, user_id, group_id, permissions, spec from veem.network where id > :after order by id")
                    .bind("after", page.after().map(NetworkId::parse).map(NetworkId::value).orElse(0L)).map((row, _) -> row(row)).list();
            return Listings.page(rows.stream().filter(row -> row.ownership().allows(caller, Right.USE)).map(row -> view(sql, row)).toList(), page, it -> it.id().toString());
        });
    }

    private static Row require(Handle sql, Caller caller, NetworkId id, Right right) {
        var row = find(sql, id).filter(it -> it.ownership().allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound("NETWORK_NOT_FOUND", "There is no %s.".formatted(id), "See: reservoir network list"));
        if (!row.ownership().allows(caller, right)) {
            throw Refused.forbidden("NOT_ALLOWED", "You may use %s, but not change it.".formatted(id), "Its owner can give you that right.");
        }
        return row;
    }

    private static Optional<Row> find(Handle sql, NetworkId id) {
        return sql.createQuery("select id, user_id, group_id, permissions, spec from veem.network where id = :id").bind("id", id.value()).map((row, _) -> row(row)).findOne();
    }

    static Optional<NetworkSpec> spec(Handle sql, NetworkId id) {
        return find(sql, id).map(Row::spec);
    }

    private static Row row(java.sql.ResultSet row) throws java.sql.SQLException {
        return new Row(new NetworkId(row.getLong("id")), new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions")),
                Wire.read(row.getString("spec"), NetworkSpec.class));
    }

    private static Network view(Handle sql, Row row) {
        long used = sql.createQuery("select count(*) from veem.lease where network = :id").bind("id", row.id().value()).mapTo(Long.class).one();
        long size = row.plan().ranges().stream().mapToLong(range -> range.size()).reduce(0, (a, b) -> Long.MAX_VALUE - a < b ? Long.MAX_VALUE : a + b);
        return new Network(row.id(), row.spec().name(), row.ownership(), row.spec(), used, Math.max(0, size - used));
    }

    @Override
    public Network own(Caller caller, NetworkId id, Ownership ownership) {
        database.run(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            Listings.own(transaction.sql(), "veem.network", id.value(), ownership);
        });
        return network(caller, id);
    }

    @Override
    public void delete(Caller caller, NetworkId id) {
        database.run(transaction -> {
            var sql = transaction.sql();
            require(sql, caller, id, Right.MANAGE);
            lock(sql, id);
            sql.createQuery("select vee from veem.mac where network = :id limit 1").bind("id", id.value()).mapTo(Long.class).findOne().ifPresent(vee -> {
                throw Refused.conflict("NETWORK_IN_USE", "vee-%d has a NIC on %s.".formatted(vee, id), "Detach it, or terminate the VEE, first.");
            });
            sql.execute("delete from veem.lease where network = ?", id.value());
            sql.execute("delete from veem.network where id = ?", id.value());
            WiringTable.changed(transaction, id.toString());
        });
    }

    // ---- addresses

    @Override
    public Network.Leases leases(Caller caller, NetworkId id) {
        return database.read(sql -> {
            require(sql, caller, id, Right.USE);
            return new Network.Leases(sql.createQuery("select host(address) as address, mac, vee, note from veem.lease where network = :id order by lease.address limit 10000")
                    .bind("id", id.value()).map((row, _) -> {
                        var vee = row.getLong("vee");
                        var owner = row.wasNull() ? Optional.<VeeId>empty() : Optional.of(new VeeId(vee));
                        return new Network.LeaseStatus(row.getString("address"), Optional.ofNullable(row.getString("mac")).orElse(""), owner, Optional.ofNullable(row.getString("note")));
                    }).list());
        });
    }

    @Override
    public String reserve(Caller caller, NetworkId id, Optional<String> address, String note) {
        return database.transact(transaction -> {
            var row = require(transaction.sql(), caller, id, Right.MANAGE);
            lock(transaction.sql(), id);
            var pool = new Pool(transaction.sql(), id, row.plan());
            var given = address.map(text -> pool.wanted(Address.parse(text))).or(() -> pool.free(false)).or(() -> pool.free(true)).orElseThrow(() -> full(row));
            transaction.sql().execute("insert into veem.lease (network, address, note) values (?, ?::inet, ?)", id.value(), given.toString(), note);
            return given.toString();
        });
    }

    private static Refused full(Row row) {
        return Refused.exhausted("POOL_FULL", "Network %s has no free address.".formatted(row.spec().name()), "Release one, or use another network.");
    }

    @Override
    public void release(Caller caller, NetworkId id, String address) {
        database.run(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            int gone = transaction.sql().execute("delete from veem.lease where network = ? and address = ?::inet and vee is null", id.value(), Address.parse(address).toString());
            if (gone == 0) {
                throw Refused.notFound("RESERVATION_NOT_FOUND", "%s is not reserved in %s.".formatted(address, id), "See: reservoir network leases " + id);
            }
        });
    }

    /** Two that lease from one network at a time would choose the same address. */
    private static void lock(Handle sql, NetworkId id) {
        sql.execute("select 1 from veem.network where id = ? for update", id.value());
    }

    @Override
    public NicPart lease(Transaction transaction, Caller caller, VeeId vee, String hostname, int number, VeeSpec.NicSpec wish) {
        var sql = transaction.sql();
        var row = require(sql, caller, wish.network(), Right.USE);
        wish.filters().forEach(group -> groups.require(sql, caller, group, Right.USE));
        lock(sql, row.id());
        var plan = row.plan();
        var pool = new Pool(sql, row.id(), plan);
        var addresses = pool.choose(wish.address().stream().map(Address::parse).toList(), () -> full(row));
        var mac = mac(sql, row, pool, wish, addresses, vee, number);
        for (var address : addresses) {
            sql.execute("insert into veem.lease (network, address, mac, vee, nic, host) values (?, ?::inet, ?, ?, ?, ?)", row.id().value(), address.toString(), mac,
                    vee.value(), number, hostname);
        }
        WiringTable.join(transaction, wish.filters(), vee.value(), number);
        var bandwidth = wish.inbound() > 0 || wish.outbound() > 0 ? Optional.of(new Nic.Bandwidth(wish.inbound(), wish.outbound())) : Optional.<Nic.Bandwidth>empty();
        return new NicPart(number, row.id(), mac, addresses.stream().map(address -> address + "/" + pool.prefix(address)).toList(),
                addresses.stream().flatMap(address -> plan.gateway(address.six()).stream()).map(Address::toString).toList(), row.spec().dns(), plan.mtu(), wish.filters(),
                row.spec().guarded(), bandwidth);
    }

    private static String mac(Handle sql, Row row, Pool pool, VeeSpec.NicSpec wish, List<Address> addresses, VeeId vee, int number) {
        wish.mac().filter(mac -> !mac.matches("[0-9a-f][02468ace](:[0-9a-f]{2}){5}")).ifPresent(mac -> {
            throw Refused.invalid("BAD_MAC", "'%s' is no MAC address of one interface.".formatted(mac), "Write it like 02:00:0a:01:00:05, in lower case.");
        });
        var mac = wish.mac().orElseGet(() -> pool.plan().macs().isEmpty()
                ? NetworkPlan.mac(row.id(), addresses.stream().filter(address -> !address.six()).findFirst(), given(sql, row.id()))
                : pool.freeMac().orElseThrow(() -> Refused.exhausted("POOL_FULL", "Network %s has no free MAC address.".formatted(row.spec().name()), "Detach a NIC, or use another network.")));
        if (sql.execute("insert into veem.mac (network, mac, vee, nic) values (?, ?, ?, ?) on conflict do nothing", row.id().value(), mac, vee.value(), number) == 0) {
            throw Refused.conflict("MAC_TAKEN", "%s is used in network %s already.".formatted(mac, row.spec().name()), "Choose another, or none.");
        }
        return mac;
    }

    private static long given(Handle sql, NetworkId id) {
        return sql.createQuery("update veem.network set given = given + 1 where id = :id returning given").bind("id", id.value()).mapTo(Long.class).one();
    }

    @Override
    public void release(Transaction transaction, VeeId vee, Optional<Integer> nic) {
        for (var table : List.of("veem.lease", "veem.mac")) {
            transaction.sql().createUpdate("delete from " + table + " where vee = :vee and (cast(:nic as integer) is null or nic = :nic)")
                    .bind("vee", vee.value()).bind("nic", nic.orElse(null)).execute();
        }
        WiringTable.leave(transaction, vee.value(), nic);
    }

    @Override
    public void requireGroup(Transaction transaction, Caller caller, SecurityGroupId group) {
        groups.require(transaction.sql(), caller, group, Right.USE);
    }

    // ---- security groups

    @Override
    public SecurityGroup createGroup(Caller caller, String name, List<SecurityGroup.Rule> rules) {
        return groups.create(caller, name, rules);
    }

    @Override
    public SecurityGroup changeGroup(Caller caller, SecurityGroupId group, List<SecurityGroup.Rule> rules) {
        return groups.change(caller, group, rules);
    }

    @Override
    public SecurityGroup group(Caller caller, SecurityGroupId group) {
        return groups.group(caller, group);
    }

    @Override
    public Page<SecurityGroup> groups(Caller caller, Page.Request page) {
        return groups.groups(caller, page);
    }

    @Override
    public void deleteGroup(Caller caller, SecurityGroupId group) {
        groups.delete(caller, group);
    }
}
