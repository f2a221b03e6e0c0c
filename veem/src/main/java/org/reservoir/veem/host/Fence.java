package org.reservoir.veem.host;

import java.nio.file.Path;
import java.time.Duration;

/** Makes sure that a silent host runs nothing any more: switches it off, or cuts it from storage and network. */
@FunctionalInterface
public interface Fence {
    /** Can do nothing about a host, so that nothing of it starts elsewhere. */
    public Fence NONE = (_, _) -> false;

    /** Whether the host certainly runs nothing now. May take its time: each host is looked after on a thread of its own. */
    boolean fence(String host, String uri);

    /**
     * A program of the site's administrator, called as {@code program HOST URI}: it switches the host off by its own means (IPMI, a
     * power socket, a storage array) and exits with 0 when that has certainly worked.
     */
    static Fence by(Path program, Duration patience) {
        return (host, uri) -> HostProgram.succeeds(program, patience, host, uri);
    }
}
