package org.reservoir.veem.work;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.Optional;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.ImageTable;
import org.reservoir.veem.kept.WiringTable;
import org.reservoir.veem.network.Wiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what a host that is about to be removed still has of this site: networks, security groups, cached images, the pool they lay in. Nobody would come for it
 * later. A host that does not answer keeps it; its removal is not held up by that.
 */
public final class Farewell {
    private static final Logger LOG = LoggerFactory.getLogger(Farewell.class);

    private final SiteDatabase database;
    private final Wiring wiring;
    private final Function<HostId, Optional<VeeHost>> hosts;

    public Farewell(SiteDatabase database, Wiring wiring, Function<HostId, Optional<VeeHost>> hosts) {
        this.database = database;
        this.wiring = wiring;
        this.hosts = hosts;
    }

    public void to(HostId id) {
        hosts.apply(id).ifPresent(host -> {
            try {
                things(id).forEach(thing -> wiring.takeAway(host, id, thing));
                images(id).forEach(host::dropImage);
                host.leave();
            } catch (HostFailure failure) {
                keeps(id.toString(), failure);
            }
        });
    }

    /** Of a host that is not to be one after all. */
    public static void leave(VeeHost host, String uri) {
        try {
            host.leave();
        } catch (HostFailure failure) {
            keeps(uri, failure);
        }
    }

    private static void keeps(String host, HostFailure failure) {
        LOG.warn("{} is no host any more, but keeps what it has of this site: {}", host, failure.getMessage());
    }

    private List<String> things(HostId id) {
        return database.read(sql -> WiringTable.at(sql, id));
    }

    private Set<String> images(HostId id) {
        return database.<Map<HostId, Set<String>>>read(ImageTable::cached).getOrDefault(id, Set.of());
    }
}
