package org.reservoir.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.UserId;

/**
 * Where users, groups, tokens and quotas are kept. Each method is one transaction; numbers are never given twice. It decides
 * nothing but whether a name is free: {@link Access} decides who may do what.
 */
public interface Directory {
    /** @throws org.reservoir.kernel.Refused {@code USER_NAME_TAKEN} */
    User addUser(String name, GroupId group, Set<GroupId> groups, boolean administrator, Instant created);

    Optional<User> user(UserId id);

    Optional<User> user(String name);

    /** By number, those after {@code after}. */
    List<User> users(long after, int limit);

    /** Keeps everything but number and time of making. @throws org.reservoir.kernel.Refused {@code USER_NAME_TAKEN}, {@code LAST_ADMINISTRATOR} */
    void change(User user);

    /** With tokens, memberships and quota. @throws org.reservoir.kernel.Refused {@code LAST_ADMINISTRATOR} */
    void remove(UserId user);

    /** @throws org.reservoir.kernel.Refused {@code GROUP_NAME_TAKEN} */
    Group addGroup(String name);

    Optional<Group> group(GroupId id);

    Optional<Group> group(String name);

    List<Group> groups(long after, int limit);

    /** @throws org.reservoir.kernel.Refused {@code GROUP_IN_USE} while it has users */
    void remove(GroupId group);

    /** @param hash SHA-256 of the secret. @throws org.reservoir.kernel.Refused {@code TOKEN_NAME_TAKEN} */
    void add(Token token, byte[] hash);

    Optional<Key> key(byte[] hash);

    List<Token> tokens(UserId user);

    /** Gives whether there was one. */
    boolean removeToken(UserId user, String name);

    Quotas.Limits limits(UserId user);

    Quotas.Limits limits(GroupId group);

    void limit(UserId user, Quotas.Limits limits);

    void limit(GroupId group, Quotas.Limits limits);

    /** What a secret opens. */
    record Key(Token token, User user) {}
}
