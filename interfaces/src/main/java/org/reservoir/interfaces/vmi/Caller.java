package org.reservoir.interfaces.vmi;

import java.util.Set;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.UserId;

/**
 * For whom a call is made.
 *
 * @param group         the group that new objects belong to
 * @param groups        all groups of the user, {@code group} among them
 * @param administrator of the infrastructure: may use, manage and administer everything
 */
public record Caller(UserId user, String name, GroupId group, Set<GroupId> groups, boolean administrator) {
    public Caller {
        groups = Set.copyOf(groups);
    }
}
