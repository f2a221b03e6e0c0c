package org.reservoir.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code postmaster.pid} in a cluster says (PostgreSQL, src/include/utils/pidfile.h): the running server's pid and
 * whether it takes connections.
 */
record Postmaster(long pid, boolean ready) {

    static Optional<Postmaster> read(Path cluster) {
        try {
            var lines = Files.readAllLines(cluster.resolve("postmaster.pid"));
            if (lines.isEmpty() || !lines.get(0).strip().matches("\\d{1,18}")) {
                return Optional.empty();
            }
            return Optional.of(new Postmaster(Long.parseLong(lines.get(0).strip()), lines.size() >= 8 && lines.get(7).strip().equals("ready")));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** Whether that process lives and is the server of this very cluster: a pid is given again after a reboot. */
    boolean serves(Path cluster) {
        try {
            var status = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            boolean zombie = status.substring(status.lastIndexOf(')') + 2).startsWith("Z");
            return !zombie && Files.isSameFile(Path.of("/proc", Long.toString(pid), "cwd"), cluster);
        } catch (IOException gone) {
            return false;
        }
    }
}
