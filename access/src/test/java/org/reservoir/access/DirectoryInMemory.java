package org.reservoir.access;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.reservoir.interfaces.vmi.Quotas.Limits;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/** A directory that forgets; for tests of what stands above it. */
public class DirectoryInMemory implements Directory {
    private final TreeMap<Long, User> users = new TreeMap<>();
    private final TreeMap<Long, Group> groups = new TreeMap<>();
    private final Map<ByteBuffer, Token> tokens = new LinkedHashMap<>();
    private final Map<Record, Limits> limits = new HashMap<>();
    private long last;

    @Override
    public synchronized User addUser(String name, GroupId group, Set<GroupId> groups, boolean administrator, Instant created) {
        requireFree(user(name), "USER_NAME_TAKEN", name);
        var user = new User(new UserId(++last), name, group, groups.isEmpty() ? Set.of(group) : groups, administrator, true, created);
        users.put(last, user);
        return user;
    }

    @Override
    public synchronized Optional<User> user(UserId id) {
        return Optional.ofNullable(users.get(id.value()));
    }

    @Override
    public synchronized Optional<User> user(String name) {
        return users.values().stream().filter(user -> user.name().equals(name)).findFirst();
    }

    @Override
    public synchronized List<User> users(long after, int limit) {
        return users.tailMap(after, false).values().stream().limit(limit).toList();
    }

    @Override
    public synchronized void change(User user) {
        requireFree(user(user.name()).filter(other -> !other.id().equals(user.id())), "USER_NAME_TAKEN", user.name());
        requireAdministratorBut(user.administrator() && user.enabled(), user.id());
        users.put(user.id().value(), user);
    }

    @Override
    public synchronized void remove(UserId user) {
        requireAdministratorBut(false, user);
        users.remove(user.value());
        tokens.values().removeIf(token -> token.user().equals(user));
        limits.remove(user);
    }

    @Override
    public synchronized Group addGroup(String name) {
        requireFree(group(name), "GROUP_NAME_TAKEN", name);
        var group = new Group(new GroupId(++last), name);
        groups.put(last, group);
        return group;
    }

    @Override
    public synchronized Optional<Group> group(GroupId id) {
        return Optional.ofNullable(groups.get(id.value()));
    }

    @Override
    public synchronized Optional<Group> group(String name) {
        return groups.values().stream().filter(group -> group.name().equals(name)).findFirst();
    }

    @Override
    public synchronized List<Group> groups(long after, int limit) {
        return groups.tailMap(after, false).values().stream().limit(limit).toList();
    }

    @Override
    public synchronized void remove(GroupId group) {
        if (users.values().stream().anyMatch(user -> user.groups().contains(group))) {
            throw Refused.conflict("GROUP_IN_USE", "%s has users.".formatted(group), "");
        }
        groups.remove(group.value());
    }

    @Override
    public synchronized void add(Token token, byte[] hash) {
        requireFree(tokens.values().stream().filter(t -> t.user().equals(token.user()) && t.name().equals(token.name())).findFirst(), "TOKEN_NAME_TAKEN",
                token.name());
        tokens.put(ByteBuffer.wrap(hash), token);
    }

    @Override
    public synchronized Optional<Key> key(byte[] hash) {
        return Optional.ofNullable(tokens.get(ByteBuffer.wrap(hash))).map(token -> new Key(token, users.get(token.user().value())));
    }

    @Override
    public synchronized List<Token> tokens(UserId user) {
        return tokens.values().stream().filter(token -> token.user().equals(user)).toList();
    }

    @Override
    public synchronized boolean removeToken(UserId user, String name) {
        return tokens.values().removeIf(token -> token.user().equals(user) && token.name().equals(name));
    }

    @Override
    public synchronized Limits limits(UserId user) {
        return limits.getOrDefault(user, Limits.NONE);
    }

    @Override
    public synchronized Limits limits(GroupId group) {
        return limits.getOrDefault(group, Limits.NONE);
    }

    @Override
    public synchronized void limit(UserId user, Limits wanted) {
        limits.put(user, wanted);
    }

    @Override
    public synchronized void limit(GroupId group, Limits wanted) {
        limits.put(group, wanted);
    }

    private void requireAdministratorBut(boolean remains, UserId but) {
        if (!remains && users.values().stream().noneMatch(user -> user.administrator() && user.enabled() && !user.id().equals(but))) {
            throw Refused.conflict("LAST_ADMINISTRATOR", "%s is the last administrator.".formatted(but), "Make another one first.");
        }
    }

    private static void requireFree(Optional<?> taken, String code, String name) {
        if (taken.isPresent()) {
            throw Refused.conflict(code, "The name %s is taken.".formatted(name), "Choose another one.");
        }
    }
}
