package org.reservoir.veem.network;

import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.TrafficFilter;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.UserId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.van.Address;
import org.reservoir.van.Cover;
import org.reservoir.veem.kept.Listings;
import org.reservoir.veem.kept.WiringTable;

/** Keeps the security groups. */
final class SecurityGroups {
    private static final String FIND = "select id, user_id, group_id, permissions, name, rules from veem.security_group ";

    private final SiteDatabase database;

    SecurityGroups(SiteDatabase database) {
        this.database = database;
    }

    SecurityGroup create(Caller caller, String name, List<SecurityGroup.Rule> rules) {
        Name.of("security group", name);
        var id = database.transact(transaction -> requireGood(transaction.sql(), caller, rules).createQuery("""
                        insert into veem.security_group (user_id, group_id, permissions, name, rules) values (:user, :group, :permissions, :name, :rules)
                        on conflict do nothing returning id""")
                .bind("user", caller.user().value()).bind("group", caller.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", name)
                .bind("rules", Wire.write(rules)).mapTo(Long.class).findOne());
        return group(caller, id.map(SecurityGroupId::new).orElseThrow(() ->
                Refused.conflict("SECURITY_GROUP_NAME_TAKEN", "You have a security group called '%s' already.".formatted(name), "Choose another name.")));
    }

    SecurityGroup change(Caller caller, SecurityGroupId id, List<SecurityGroup.Rule> rules) {
        return database.transact(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            requireGood(transaction.sql(), caller, rules);
            transaction.sql().createUpdate("update veem.security_group set rules = :rules where id = :id").bind("rules", Wire.write(rules)).bind("id", id.value()).execute();
            WiringTable.changed(transaction, id.toString());
            return require(transaction.sql(), caller, id, Right.USE);
        });
    }

    SecurityGroup group(Caller caller, SecurityGroupId id) {
        return database.read(sql -> require(sql, caller, id, Right.USE));
    }

    Page<SecurityGroup> groups(Caller caller, Page.Request page) {
        var found = database.read(sql -> sql.createQuery(FIND + "where id > :after order by id")
                .bind("after", page.after().map(SecurityGroupId::parse).map(SecurityGroupId::value).orElse(0L)).map((row, _) -> group(row)).list());
        return Listings.page(found.stream().filter(it -> it.ownership().allows(caller, Right.USE)).toList(), page, it -> it.id().toString());
    }

    void delete(Caller caller, SecurityGroupId id) {
        database.run(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            transaction.sql().createQuery("select vee from veem.member where security_group = :id limit 1").bind("id", id.value()).mapTo(Long.class).findOne().ifPresent(vee -> {
                throw Refused.conflict("SECURITY_GROUP_IN_USE", "A NIC of vee-%d uses %s.".formatted(vee, id), "Take it off the NIC first.");
            });
            transaction.sql().createQuery("select name from veem.security_group where rules like :pattern and id <> :id limit 1")
                    .bind("pattern", "%\"" + id + "\"%").bind("id", id.value()).mapTo(String.class).findOne().ifPresent(name -> {
                        throw Refused.conflict("SECURITY_GROUP_IN_USE", "A rule of security group %s names %s.".formatted(name, id), "Change that rule first.");
                    });
            transaction.sql().execute("delete from veem.security_group where id = ?", id.value());
            WiringTable.changed(transaction, id.toString());
        });
    }

    SecurityGroup require(Handle sql, Caller caller, SecurityGroupId id, Right right) {
        return find(sql, id).filter(it -> it.ownership().allows(caller, right))
                .orElseThrow(() -> Refused.notFound("SECURITY_GROUP_NOT_FOUND", "There is no %s.".formatted(id), "See: reservoir secgroup list"));
    }

    private static Optional<SecurityGroup> find(Handle sql, SecurityGroupId id) {
        return sql.createQuery(FIND + "where id = :id").bind("id", id.value()).map((row, _) -> group(row)).findOne();
    }

    private static SecurityGroup group(java.sql.ResultSet row) throws java.sql.SQLException {
        return new SecurityGroup(new SecurityGroupId(row.getLong("id")), row.getString("name"),
                new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions")),
                List.of(Wire.read(row.getString("rules"), SecurityGroup.Rule[].class)));
    }

    /** As hosts must have it. @throws HostFailure REFUSED when it was deleted */
    static TrafficFilter filter(Handle sql, SecurityGroupId id) {
        var group = find(sql, id).orElseThrow(() -> new HostFailure(HostFailure.Kind.REFUSED, "There is no %s any more.".formatted(id)));
        return new TrafficFilter(id, group.name(), group.rules().stream().flatMap(rule -> rules(sql, rule).stream()).toList());
    }

    private Handle requireGood(Handle sql, Caller caller, List<SecurityGroup.Rule> rules) {
        for (var rule : rules) {
            peerGroup(rule).ifPresentOrElse(peer -> {
                require(sql, caller, peer, Right.USE);
                rule(rule, Optional.empty());
            }, () -> rule(rule, rule.peer()));
        }
        return sql;
    }

    private static Optional<SecurityGroupId> peerGroup(SecurityGroup.Rule rule) {
        return rule.peer().filter(peer -> peer.matches("secgroup-[1-9][0-9]{0,17}")).map(SecurityGroupId::parse);
    }

    /** One rule, or one for each block of addresses that the members of its peer group have now. */
    private static List<TrafficFilter.Rule> rules(Handle sql, SecurityGroup.Rule rule) {
        var group = peerGroup(rule);
        if (group.isEmpty()) {
            return List.of(rule(rule, rule.peer()));
        }
        var members = sql.createQuery("select host(l.address) from veem.member m join veem.lease l on l.vee = m.vee and l.nic = m.nic where m.security_group = :group")
                .bind("group", group.get().value()).mapTo(String.class).map(Address::parse).list();
        return Cover.of(members).stream().filter(block -> fits(rule, block)).map(block -> rule(rule, Optional.of(block))).toList();
    }

    private static boolean fits(SecurityGroup.Rule rule, String peer) {
        return !rule.protocol().equalsIgnoreCase(peer.contains(":") ? "icmp" : "icmpv6");
    }

    /** @throws Refused {@code BAD_RULE} saying which word is wrong */
    private static TrafficFilter.Rule rule(SecurityGroup.Rule rule, Optional<String> peer) {
        var direction = word(TrafficFilter.Direction.class, rule.direction(), "direction");
        var protocol = word(TrafficFilter.Protocol.class, rule.protocol(), "protocol");
        peer.ifPresent(text -> requirePeer(rule, text));
        if (rule.ports().isPresent() && protocol != TrafficFilter.Protocol.TCP && protocol != TrafficFilter.Protocol.UDP) {
            throw Refused.invalid("BAD_RULE", "A rule for %s has ports.".formatted(rule.protocol()), "Only tcp and udp have ports.");
        }
        return new TrafficFilter.Rule(direction, protocol, peer, rule.ports().map(SecurityGroups::ports));
    }

    private static void requirePeer(SecurityGroup.Rule rule, String peer) {
        var parts = peer.split("/", 2);
        var address = Address.parse(parts[0]);
        if (parts.length == 2 && (!parts[1].matches("[0-9]{1,3}") || Integer.parseInt(parts[1]) > address.bits())) {
            throw Refused.invalid("BAD_RULE", "'%s' is no peer of a rule.".formatted(peer), "Write an address, a subnet like 10.1.0.0/24, or a security group like secgroup-3.");
        }
        if (!fits(rule, peer)) {
            throw Refused.invalid("BAD_RULE", "A rule for %s names %s.".formatted(rule.protocol(), peer), "icmp is IPv4's, icmpv6 IPv6's.");
        }
    }

    private static <E extends Enum<E>> E word(Class<E> words, String text, String what) {
        try {
            return Enum.valueOf(words, text.toUpperCase(java.util.Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_RULE", "'%s' is no %s.".formatted(text, what), "Choose from %s.".formatted(List.of(words.getEnumConstants()).toString().toLowerCase(java.util.Locale.ROOT)));
        }
    }

    private static TrafficFilter.Ports ports(String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            throw Refused.invalid("BAD_RULE", "'%s' are no ports.".formatted(text), "Write 80 or 8000-8080.");
        }
        var ends = text.split("-");
        var ports = new TrafficFilter.Ports(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
        if (ports.from() < 1 || ports.to() > 65535 || ports.from() > ports.to()) {
            throw Refused.invalid("BAD_RULE", "'%s' are no ports.".formatted(text), "They go from 1 to 65535, the smaller first.");
        }
        return ports;
    }
}
