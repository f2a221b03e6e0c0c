package org.reservoir.veem;

import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
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

/** Keeps the security groups. */
final class SecurityGroups {
    private static final String FIND = "select id, user_id, group_id, permissions, name, rules from veem.security_group ";

    private final SiteDatabase database;

    SecurityGroups(SiteDatabase database) {
        this.database = database;
    }

    SecurityGroup create(Caller caller, String name, List<SecurityGroup.Rule> rules) {
        Name.of("security group", name);
        rules.forEach(SecurityGroups::rule);
        var id = database.transact(transaction -> transaction.sql().createQuery("""
                        insert into veem.security_group (user_id, group_id, permissions, name, rules) values (:user, :group, :permissions, :name, :rules)
                        on conflict do nothing returning id""")
                .bind("user", caller.user().value()).bind("group", caller.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", name)
                .bind("rules", Wire.write(rules)).mapTo(Long.class).findOne());
        return group(caller, id.map(SecurityGroupId::new).orElseThrow(() ->
                Refused.conflict("SECURITY_GROUP_NAME_TAKEN", "You have a security group called '%s' already.".formatted(name), "Choose another name.")));
    }

    SecurityGroup change(Caller caller, SecurityGroupId id, List<SecurityGroup.Rule> rules) {
        rules.forEach(SecurityGroups::rule);
        return database.transact(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            transaction.sql().createUpdate("update veem.security_group set rules = :rules where id = :id").bind("rules", Wire.write(rules)).bind("id", id.value()).execute();
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
            var user = VeeTable.query(transaction.sql(), "state <> 'TERMINATED' and parts like ? limit 1", "%\"" + id + "\"%");
            if (!user.isEmpty()) {
                throw Refused.conflict("SECURITY_GROUP_IN_USE", "A NIC of %s uses %s.".formatted(user.getFirst().id(), id), "Take it off the NIC first.");
            }
            transaction.sql().execute("delete from veem.security_group where id = ?", id.value());
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

    TrafficFilter filter(SecurityGroupId id) {
        var group = database.read(sql -> find(sql, id)).orElseThrow(() -> new IllegalStateException("a NIC uses %s, which is not there".formatted(id)));
        return new TrafficFilter(id, group.name(), group.rules().stream().map(SecurityGroups::rule).toList());
    }

    /** @throws Refused {@code BAD_RULE} saying which word is wrong */
    private static TrafficFilter.Rule rule(SecurityGroup.Rule rule) {
        var direction = word(TrafficFilter.Direction.class, rule.direction(), "direction");
        var protocol = word(TrafficFilter.Protocol.class, rule.protocol(), "protocol");
        rule.peer().ifPresent(peer -> Address.parse(peer.replaceFirst("/[0-9]{1,3}$", "")));
        if (rule.ports().isPresent() && protocol != TrafficFilter.Protocol.TCP && protocol != TrafficFilter.Protocol.UDP) {
            throw Refused.invalid("BAD_RULE", "A rule for %s has ports.".formatted(rule.protocol()), "Only tcp and udp have ports.");
        }
        return new TrafficFilter.Rule(direction, protocol, rule.peer(), rule.ports().map(SecurityGroups::ports));
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
