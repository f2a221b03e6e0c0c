package org.reservoir.access;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Name;

/** Users who share what their group's permissions allow, and a quota. */
public record Group(GroupId id, String name) {
    public Group {
        Name.of("group", name);
    }
}
