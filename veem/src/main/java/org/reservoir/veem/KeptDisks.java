package org.reservoir.veem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;

/**
 * The disks that lie in the site's store while their VEEs are undeployed, as files whose names tell whose they are. A file of its
 * final name is whole. What is no longer needed is deleted under the lock of its VEE's row, so that no undeployment that begins
 * at that moment loses what it just wrote.
 */
final class KeptDisks {
    private static final Pattern NAME = Pattern.compile("(vee-[0-9]+)-disk-[0-9]+.*");

    private final SiteDatabase database;
    private final Path folder;

    KeptDisks(SiteDatabase database, Path folder) {
        this.database = database;
        this.folder = folder;
    }

    /** Where bytes gather before they become the file. */
    static Path arriving(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    /** Where a copy gathers that is to become an image, out of the way of a disk that is kept. */
    static Path copy(Path file) {
        return file.resolveSibling(file.getFileName() + ".copy");
    }

    /** Makes what has arrived the file, all at once. */
    static Path arrived(Path file) throws IOException {
        return Files.move(arriving(file), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Deletes the files of a VEE that is gone for good. */
    void forgetAll(VeeRecord vee) {
        try {
            for (var disk : vee.parts().disks()) {
                var file = folder.resolve("%s-disk-%d".formatted(vee.id(), disk.number()));
                for (var path : List.of(file, arriving(file), copy(file), arriving(copy(file)))) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    /** Deletes the files of a VEE unless it needs them. */
    void forget(VeeId vee) {
        database.run(transaction -> {
            if (VeeTable.lock(transaction.sql(), vee).filter(KeptDisks::needed).isEmpty()) {
                delete(vee);
            }
        });
    }

    /** A VEE that is undeployed, or has a job that reads or writes such files. */
    private static boolean needed(VeeRecord vee) {
        return vee.state() != VeeState.TERMINATED && (vee.parts().disks().stream().anyMatch(Parts.DiskPart::kept)
                || vee.task().filter(task -> Set.of(Job.UNDEPLOY, Job.SAVE_DISK, Job.TERMINATE).contains(task.job())).isPresent());
    }

    private void delete(VeeId vee) {
        try (var files = Files.newDirectoryStream(folder, vee + "-disk-*")) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    /** Deletes everything that no VEE needs: what was left behind by a server that ended at a bad moment. */
    void sweep() {
        vees().forEach(this::forget);
    }

    private Set<VeeId> vees() {
        var vees = new TreeSet<VeeId>();
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                var name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    vees.add(VeeId.parse(name.group(1)));
                }
            }
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
        return vees;
    }
}
