package org.reservoir.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.reservoir.kernel.Refused;

/** Holds a server's name while it runs, so that whoever starts under that name knows that the work of its former bearer lies idle. The kernel lets go of it with the process. */
final class ServerLock implements AutoCloseable {
    private final FileChannel file;

    private ServerLock(FileChannel file) {
        this.file = file;
    }

    /** @throws Refused {@code SERVER_RUNNING} */
    static ServerLock of(Path data, String server) {
        try {
            var file = FileChannel.open(data.resolve(server + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(file)) {
                file.close();
                throw Refused.conflict("SERVER_RUNNING", "A site server called %s runs on %s already.".formatted(server, data), "Stop it, or give this one another --server name.");
            }
            return new ServerLock(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of the site cannot be used: " + data, e);
        }
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
