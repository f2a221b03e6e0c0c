package org.reservoir.libvirtrpc;

import static org.reservoir.libvirtrpc.LibvirtError.NO_DOMAIN_SNAPSHOT;
import static org.reservoir.libvirtrpc.Procedure.*;

import java.util.List;
import java.util.Set;

/** Snapshots of domains, by name. */
public interface SnapshotCalls extends Caller {

    /** @param xml {@code <domainsnapshot>} */
    default void snapshotTake(Domain domain, String xml, int flags) {
        call(DOMAIN_SNAPSHOT_CREATE_XML, out -> out.domain(domain).text(xml).number(flags));
    }

    default List<String> snapshots(Domain domain) {
        return call(DOMAIN_LIST_ALL_SNAPSHOTS, out -> out.domain(domain).number(1).number(0), in -> in.list(one -> {
            var name = one.text();
            one.domain();
            return name;
        }));
    }

    default void snapshotRevert(Domain domain, String name, int flags) {
        call(DOMAIN_REVERT_TO_SNAPSHOT, out -> out.text(name).domain(domain).number(flags));
    }

    /** Gone already is no failure. */
    default void snapshotDelete(Domain domain, String name) {
        end(Set.of(NO_DOMAIN_SNAPSHOT), DOMAIN_SNAPSHOT_DELETE, out -> out.text(name).domain(domain).number(0));
    }
}
