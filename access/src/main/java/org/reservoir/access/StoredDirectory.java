package org.reservoir.access;

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
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.store.SiteDatabase;

/** The directory in the site database. */
public final class StoredDirectory implements Directory {
    /** Class path folder of its tables. */
    public static final String MIGRATIONS = "db/access";

    private static final String USER = """
            select a.*, array(select user_group from access.membership where account = a.id) as groups
            from access.account a\s""";

    private final SiteDatabase database;

    /** @param database with the tables of {@link #MIGRATIONS} */
    public StoredDirectory(SiteDatabase database) {
        this.database = database;
    }

    // ---- users

    @Override
    public User addUser(String name, GroupId group, Set<GroupId> groups, boolean administrator, Instant created) {
        return database.transact(transaction -> {
            var sql = transaction.sql();
            var id = sql.createQuery("""
                            insert into access.account (name, main_group, administrator, enabled, created) values (:name, :group, :administrator, true, :created)
                            on conflict do nothing returning id""")
                    .bind("name", name).bind("group", group.value()).bind("administrator", administrator).bind("created", at(created)).mapTo(Long.class).findOne()
                    .map(UserId::new).orElseThrow(() -> userTaken(name));
            join(sql, id, groups);
            return find(sql, "a.id", id.value()).orElseThrow();
        });
    }

    private static Refused userTaken(String name) {
        return Refused.conflict("USER_NAME_TAKEN", "There is a user called '%s' already.".formatted(name), "Choose another name.");
    }

    private static void join(Handle sql, UserId user, Set<GroupId> groups) {
        sql.execute("delete from access.membership where account = ?", user.value());
        groups.forEach(group -> sql.execute("insert into access.membership (account, user_group) values (?, ?)", user.value(), group.value()));
    }

    @Override
    public Optional<User> user(UserId id) {
        return database.read(sql -> find(sql, "a.id", id.value()));
    }

    @Override
    public Optional<User> user(String name) {
        return database.read(sql -> find(sql, "a.name", name));
    }

    private static Optional<User> find(Handle sql, String column, Object value) {
        return sql.createQuery(USER + "where " + column + " = :value").bind("value", value).map((row, _) -> user(row)).findOne();
    }

    private static User user(ResultSet row) throws SQLException {
        var groups = Arrays.stream((Long[]) row.getArray("groups").getArray()).map(GroupId::new).collect(Collectors.toSet());
        return new User(new UserId(row.getLong("id")), row.getString("name"), new GroupId(row.getLong("main_group")), groups, row.getBoolean("administrator"),
                row.getBoolean("enabled"), instant(row, "created"));
    }

    @Override
    public List<User> users(long after, int limit) {
        return database.read(sql -> sql.createQuery(USER + "where a.id > :after order by a.id limit :limit").bind("after", after).bind("limit", limit)
                .map((row, _) -> user(row)).list());
    }

    @Override
    public void change(User user) {
        database.run(transaction -> {
            var sql = transaction.sql();
            sql.createQuery("select count(*) from access.account where name = :name and id <> :id").bind("name", user.name()).bind("id", user.id().value())
                    .mapTo(Long.class).findOne().filter(taken -> taken > 0).ifPresent(_ -> {
                        throw userTaken(user.name());
                    });
            sql.createUpdate("update access.account set name = :name, main_group = :group, administrator = :administrator, enabled = :enabled where id = :id")
                    .bind("name", user.name()).bind("group", user.group().value()).bind("administrator", user.administrator()).bind("enabled", user.enabled())
                    .bind("id", user.id().value()).execute();
            join(sql, user.id(), user.groups());
            requireAdministrator(sql);
        });
    }

    @Override
    public void remove(UserId user) {
        database.run(transaction -> {
            transaction.sql().execute("delete from access.account where id = ?", user.value());
            requireAdministrator(transaction.sql());
        });
    }

    /** A site that nobody can administer any more is of no use to anybody. */
    private static void requireAdministrator(Handle sql) {
        sql.execute("select pg_advisory_xact_lock(hashtext('access.administrators'))");
        if (sql.createQuery("select count(*) from access.account where administrator and enabled").mapTo(Long.class).one() == 0) {
            throw Refused.conflict("LAST_ADMINISTRATOR", "The site would have no administrator left.", "Make another user administrator first.");
        }
    }

    // ---- groups

    @Override
    public Group addGroup(String name) {
        return database.transact(transaction -> transaction.sql().createQuery("insert into access.user_group (name) values (:name) on conflict do nothing returning id")
                .bind("name", name).mapTo(Long.class).findOne().map(id -> new Group(new GroupId(id), name))
                .orElseThrow(() -> Refused.conflict("GROUP_NAME_TAKEN", "There is a group called '%s' already.".formatted(name), "Choose another name.")));
    }

    @Override
    public Optional<Group> group(GroupId id) {
        return database.read(sql -> sql.createQuery("select id, name from access.user_group where id = :id").bind("id", id.value()).map((row, _) -> group(row)).findOne());
    }

    @Override
    public Optional<Group> group(String name) {
        return database.read(sql -> sql.createQuery("select id, name from access.user_group where name = :name").bind("name", name).map((row, _) -> group(row)).findOne());
    }

    private static Group group(ResultSet row) throws SQLException {
        return new Group(new GroupId(row.getLong("id")), row.getString("name"));
    }

    @Override
    public List<Group> groups(long after, int limit) {
        return database.read(sql -> sql.createQuery("select id, name from access.user_group where id > :after order by id limit :limit").bind("after", after)
                .bind("limit", limit).map((row, _) -> group(row)).list());
    }

    @Override
    public void remove(GroupId group) {
        database.run(transaction -> {
            var sql = transaction.sql();
            if (sql.createQuery("select count(*) from access.membership where user_group = :group").bind("group", group.value()).mapTo(Long.class).one() > 0) {
                throw Refused.conflict("GROUP_IN_USE", "%s has users.".formatted(group), "Take them out of it first.");
            }
            sql.execute("delete from access.user_group where id = ?", group.value());
        });
    }

    // ---- tokens

    @Override
    public void add(Token token, byte[] hash) {
        database.run(transaction -> {
            int made = transaction.sql().createUpdate("""
                            insert into access.token (account, name, hash, created, expires) values (:account, :name, :hash, :created, :expires)
                            on conflict (account, name) do nothing""")
                    .bind("account", token.user().value()).bind("name", token.name()).bind("hash", hash).bind("created", at(token.created()))
                    .bind("expires", token.expires().map(StoredDirectory::at).orElse(null)).execute();
            if (made == 0) {
                throw Refused.conflict("TOKEN_NAME_TAKEN", "%s has a token called '%s' already.".formatted(token.user(), token.name()), "Choose another name, or revoke that one.");
            }
        });
    }

    @Override
    public Optional<Key> key(byte[] hash) {
        return database.read(sql -> sql.createQuery("select * from access.token where hash = :hash").bind("hash", hash).map((row, _) -> token(row)).findOne()
                .flatMap(token -> find(sql, "a.id", token.user().value()).map(user -> new Key(token, user))));
    }

    private static Token token(ResultSet row) throws SQLException {
        var expires = row.getObject("expires", OffsetDateTime.class);
        return new Token(new UserId(row.getLong("account")), row.getString("name"), instant(row, "created"), Optional.ofNullable(expires).map(OffsetDateTime::toInstant));
    }

    @Override
    public List<Token> tokens(UserId user) {
        return database.read(sql -> sql.createQuery("select * from access.token where account = :user order by name").bind("user", user.value())
                .map((row, _) -> token(row)).list());
    }

    @Override
    public boolean removeToken(UserId user, String name) {
        return database.transact(transaction -> transaction.sql().execute("delete from access.token where account = ? and name = ?", user.value(), name) > 0);
    }

    // ---- quotas

    @Override
    public Quotas.Limits limits(UserId user) {
        return limits("access.account", user.value());
    }

    @Override
    public Quotas.Limits limits(GroupId group) {
        return limits("access.user_group", group.value());
    }

    private Quotas.Limits limits(String table, long id) {
        return database.read(sql -> sql.createQuery("select vees, cpu, memory, disk, addresses from " + table + " where id = :id").bind("id", id)
                .map((row, _) -> new Quotas.Limits(limit(row, 1), limit(row, 2), limit(row, 3), limit(row, 4), limit(row, 5))).findOne().orElse(Quotas.Limits.NONE));
    }

    private static OptionalLong limit(ResultSet row, int column) throws SQLException {
        var limit = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    @Override
    public void limit(UserId user, Quotas.Limits limits) {
        limit("access.account", user.value(), limits);
    }

    @Override
    public void limit(GroupId group, Quotas.Limits limits) {
        limit("access.user_group", group.value(), limits);
    }

    private void limit(String table, long id, Quotas.Limits limits) {
        database.run(transaction -> transaction.sql().createUpdate("update " + table + " set vees = :vees, cpu = :cpu, memory = :memory, disk = :disk, addresses = :addresses where id = :id")
                .bind("vees", value(limits.vees())).bind("cpu", value(limits.cpu())).bind("memory", value(limits.memory())).bind("disk", value(limits.disk()))
                .bind("addresses", value(limits.addresses())).bind("id", id).execute());
    }

    private static Long value(OptionalLong limit) {
        return limit.isPresent() ? limit.getAsLong() : null;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
