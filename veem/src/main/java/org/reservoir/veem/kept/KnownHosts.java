package org.reservoir.veem.kept;

import java.util.List;

import org.jdbi.v3.core.Handle;

/** The hosts, remembered until one of them changes; when each was last seen may be older here than in the table. */
public final class KnownHosts {
    private record Known(long count, List<HostTable.HostRecord> hosts) {}

    private volatile Known known = new Known(-1, List.of());

    public List<HostTable.HostRecord> all(Handle sql) {
        var count = HostTable.changes(sql);
        var last = known;
        if (last.count() != count) {
            last = new Known(count, HostTable.all(sql));
            known = last;
        }
        return last.hosts();
    }
}
