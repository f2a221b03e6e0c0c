package org.reservoir.access;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Quotas.Limits;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;

/**
 * The directory in the site database (tables {@code access_*}). Changes of users are rare, so they take turns: that keeps names unique
 * and an administrator in the site whoever else changes users at the same time. Each change is told as an event of topic {@code access}.
 */
public final class StoredDirectory implements Directory {
    /** Where its migrations are on the class path. */
    public static final String MIGRATIONS = "db/access";
    private static final String TOPIC = "access";
    private static final String USERS = """
            SELECT u.id, u.name, u.main_group, u.administrator, u.enabled, u.created,
                   (SELECT array_agg(m.group_id) FROM access_membership m WHERE m.user_id = u.id) AS groups
            FROM access_user u""";

    private final SiteDatabase database;

    public StoredDirectory(SiteDatabase database) {
        this.database = database;
    }

    @Override
    public User addUser(String name, GroupId group, Set<GroupId> groups, boolean administrator, Instant created) {
        return database.transact(tx -> {
            var id = tx.sql().createQuery("""
                    INSERT INTO access_user (name, main_group, administrator, enabled, created) VALUES (:name, :group, :administrator, true, :created)
                    ON CONFLICT (name) DO NOTHING RETURNING id""")
                    .bind("name", name).bind("group", group.value()).bind("administrator", administrator).bind("created", utc(created))
                    .mapTo(Long.class).findOne().orElseThrow(() -> taken("USER_NAME_TAKEN", "user", name));
            var all = groups.isEmpty() ? Set.of(group) : groups;
            join(tx.sql(), new UserId(id), all);
            return told(tx, new User(new UserId(id), name, group, all, administrator, true, created));
        });
    }

    private static User told(Transaction tx, User user) {
        tx.publish(TOPIC, user.id().toString(), "changed", Wire.write(user));
        return user;
    }

    private static void join(Handle sql, UserId user, Set<GroupId> groups) {
        groups.forEach(group -> sql.createUpdate("INSERT INTO access_membership (user_id, group_id) VALUES (:user, :group)")
                .bind("user", user.value()).bind("group", group.value()).execute());
    }

    @Override
    public Optional<User> user(UserId id) {
        return database.read(sql -> sql.createQuery(USERS + " WHERE u.id = :id").bind("id", id.value()).map((row, _) -> user(row)).findOne());
    }

    @Override
    public Optional<User> user(String name) {
        return database.read(sql -> sql.createQuery(USERS + " WHERE u.name = :name").bind("name", name).map((row, _) -> user(row)).findOne());
    }

    @Override
    public List<User> users(long after, int limit) {
        return database.read(sql -> sql.createQuery(USERS + " WHERE u.id > :after ORDER BY u.id LIMIT :limit").bind("after", after).bind("limit", limit)
                .map((row, _) -> user(row)).list());
    }

    @Override
    public void change(User user) {
        database.run(tx -> {
            takeTurn(tx.sql());
            if (tx.sql().createQuery("SELECT id FROM access_user WHERE name = :name AND id <> :id").bind("name", user.name()).bind("id", user.id().value())
                    .mapTo(Long.class).findOne().isPresent()) {
                throw taken("USER_NAME_TAKEN", "user", user.name());
            }
            tx.sql().createUpdate("UPDATE access_user SET name = :name, main_group = :group, administrator = :administrator, enabled = :enabled WHERE id = :id")
                    .bind("name", user.name()).bind("group", user.group().value()).bind("administrator", user.administrator()).bind("enabled", user.enabled())
                    .bind("id", user.id().value()).execute();
            tx.sql().createUpdate("DELETE FROM access_membership WHERE user_id = :id").bind("id", user.id().value()).execute();
            join(tx.sql(), user.id(), user.groups());
            requireAdministrator(tx.sql(), user.id());
            told(tx, user);
        });
    }

    @Override
    public void remove(UserId user) {
        database.run(tx -> {
            takeTurn(tx.sql());
            tx.sql().createUpdate("DELETE FROM access_quota WHERE whose = :whose").bind("whose", user.toString()).execute();
            tx.sql().createUpdate("DELETE FROM access_user WHERE id = :id").bind("id", user.value()).execute();
            requireAdministrator(tx.sql(), user);
            tx.publish(TOPIC, user.toString(), "removed", "{}");
        });
    }

    private static void takeTurn(Handle sql) {
        sql.execute("LOCK TABLE access_user IN SHARE ROW EXCLUSIVE MODE");
    }

    private static void requireAdministrator(Handle sql, UserId changed) {
        if (!sql.createQuery("SELECT EXISTS (SELECT 1 FROM access_user WHERE administrator AND enabled)").mapTo(Boolean.class).one()) {
            throw Refused.conflict("LAST_ADMINISTRATOR", "%s is the last administrator.".formatted(changed), "Make another one first.");
        }
    }

    @Override
    public Group addGroup(String name) {
        return database.transact(tx -> tx.sql().createQuery("INSERT INTO access_group (name) VALUES (:name) ON CONFLICT (name) DO NOTHING RETURNING id")
                .bind("name", name).mapTo(Long.class).findOne().map(id -> new Group(new GroupId(id), name))
                .orElseThrow(() -> taken("GROUP_NAME_TAKEN", "group", name)));
    }

    @Override
    public Optional<Group> group(GroupId id) {
        return database.read(sql -> sql.createQuery("SELECT id, name FROM access_group WHERE id = :id").bind("id", id.value()).map((row, _) -> group(row)).findOne());
    }

    @Override
    public Optional<Group> group(String name) {
        return database.read(sql -> sql.createQuery("SELECT id, name FROM access_group WHERE name = :name").bind("name", name).map((row, _) -> group(row)).findOne());
    }

    @Override
    public List<Group> groups(long after, int limit) {
        return database.read(sql -> sql.createQuery("SELECT id, name FROM access_group WHERE id > :after ORDER BY id LIMIT :limit").bind("after", after)
                .bind("limit", limit).map((row, _) -> group(row)).list());
    }

    @Override
    public void remove(GroupId group) {
        database.run(tx -> {
            takeTurn(tx.sql());
            if (tx.sql().createQuery("SELECT EXISTS (SELECT 1 FROM access_membership WHERE group_id = :id)").bind("id", group.value()).mapTo(Boolean.class).one()) {
                throw Refused.conflict("GROUP_IN_USE", "%s has users.".formatted(group), "Take them out of it first (reservoir user change).");
            }
            tx.sql().createUpdate("DELETE FROM access_quota WHERE whose = :whose").bind("whose", group.toString()).execute();
            tx.sql().createUpdate("DELETE FROM access_group WHERE id = :id").bind("id", group.value()).execute();
        });
    }

    @Override
    public void add(Token token, byte[] hash) {
        database.run(tx -> {
            var added = tx.sql().createUpdate("""
                    INSERT INTO access_token (user_id, name, hash, created, expires) VALUES (:user, :name, :hash, :created, :expires)
                    ON CONFLICT (user_id, name) DO NOTHING""")
                    .bind("user", token.user().value()).bind("name", token.name()).bind("hash", hash).bind("created", utc(token.created()))
                    .bind("expires", token.expires().map(StoredDirectory::utc).orElse(null)).execute();
            if (added == 0) {
                throw taken("TOKEN_NAME_TAKEN", "token", token.name());
            }
        });
    }

    @Override
    public Optional<Key> key(byte[] hash) {
        return database.read(sql -> sql.createQuery("SELECT user_id, name, created, expires FROM access_token WHERE hash = :hash").bind("hash", hash)
                .map((row, _) -> token(row)).findOne()).flatMap(token -> user(token.user()).map(user -> new Key(token, user)));
    }

    @Override
    public List<Token> tokens(UserId user) {
        return database.read(sql -> sql.createQuery("SELECT user_id, name, created, expires FROM access_token WHERE user_id = :user ORDER BY created, name")
                .bind("user", user.value()).map((row, _) -> token(row)).list());
    }

    @Override
    public boolean removeToken(UserId user, String name) {
        return database.transact(tx -> tx.sql().createUpdate("DELETE FROM access_token WHERE user_id = :user AND name = :name")
                .bind("user", user.value()).bind("name", name).execute() > 0);
    }

    @Override
    public Limits limits(UserId user) {
        return limits(user.toString());
    }

    @Override
    public Limits limits(GroupId group) {
        return limits(group.toString());
    }

    private Limits limits(String whose) {
        return database.read(sql -> sql.createQuery("SELECT vees, cpu, memory, disk, addresses FROM access_quota WHERE whose = :whose").bind("whose", whose)
                .map((row, _) -> new Limits(bound(row, "vees"), bound(row, "cpu"), bound(row, "memory"), bound(row, "disk"), bound(row, "addresses")))
                .findOne()).orElse(Limits.NONE);
    }

    @Override
    public void limit(UserId user, Limits wanted) {
        limit(user.toString(), wanted);
    }

    @Override
    public void limit(GroupId group, Limits wanted) {
        limit(group.toString(), wanted);
    }

    private void limit(String whose, Limits wanted) {
        database.run(tx -> tx.sql().createUpdate("""
                INSERT INTO access_quota (whose, vees, cpu, memory, disk, addresses) VALUES (:whose, :vees, :cpu, :memory, :disk, :addresses)
                ON CONFLICT (whose) DO UPDATE SET vees = :vees, cpu = :cpu, memory = :memory, disk = :disk, addresses = :addresses""")
                .bind("whose", whose).bind("vees", figure(wanted.vees())).bind("cpu", figure(wanted.cpu())).bind("memory", figure(wanted.memory()))
                .bind("disk", figure(wanted.disk())).bind("addresses", figure(wanted.addresses())).execute());
    }

    private static Long figure(OptionalLong bound) {
        return bound.isPresent() ? bound.getAsLong() : null;
    }

    private static OptionalLong bound(ResultSet row, String column) throws SQLException {
        var value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(new UserId(row.getLong("id")), row.getString("name"), new GroupId(row.getLong("main_group")), groups(row.getArray("groups")),
                row.getBoolean("administrator"), row.getBoolean("enabled"), instant(row, "created"));
    }

    private static Set<GroupId> groups(Array ids) throws SQLException {
        return ids == null ? Set.of() : Arrays.stream((Long[]) ids.getArray()).map(GroupId::new).collect(Collectors.toSet());
    }

    private static Group group(ResultSet row) throws SQLException {
        return new Group(new GroupId(row.getLong("id")), row.getString("name"));
    }

    private static Token token(ResultSet row) throws SQLException {
        var expires = row.getObject("expires", OffsetDateTime.class);
        return new Token(new UserId(row.getLong("user_id")), row.getString("name"), instant(row, "created"),
                Optional.ofNullable(expires).map(OffsetDateTime::toInstant));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Refused taken(String code, String what, String name) {
        return Refused.conflict(code, "There is a %s called %s already.".formatted(what, name), "Choose another name.");
    }
}
