package org.reservoir.access;

import java.time.Instant;
import java.util.Set;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.UserId;

/**
 * Someone who may call the site.
 *
 * @param group         the group that what it makes belongs to
 * @param groups        all its groups, {@code group} among them
 * @param administrator of the infrastructure: may do everything
 * @param enabled       a disabled user keeps what it owns, but its tokens open nothing
 */
public record User(UserId id, String name, GroupId group, Set<GroupId> groups, boolean administrator, boolean enabled, Instant created) {
    public User {
        Name.of("user", name);
        groups = Set.copyOf(groups);
    }

    Caller caller() {
        return new Caller(id, name, group, groups, administrator);
    }
}
