package org.reservoir.monitoring.probe;

import java.util.Optional;

import org.reservoir.kernel.HostId;

/**
 * What a source says of itself whenever it says that it lives.
 *
 * @param name     for people, such as {@code server-1}; at most 200 characters
 * @param host     the one that it runs on, when it is a host's
 * @param orders   address at which it hears orders, {@code HOST:PORT}; empty when it hears them in its own process alone
 * @param share    of one core that measuring takes, 0 to 1
 * @param failures measurements that failed so far
 */
public record SourceInfo(SourceId id, String name, Optional<HostId> host, String orders, int probes, double share, long failures) {
    /** Of a source that says only that it lives. */
    public static SourceInfo unnamed(SourceId id) {
        return new SourceInfo(id, "", Optional.empty(), "", 0, 0, 0);
    }
}
