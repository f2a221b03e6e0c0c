package org.reservoir.veem.image;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.image.file.Inspection;
import org.reservoir.veem.kept.ImageTable;
import org.reservoir.veem.kept.QuotaDesk;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;

/** What VEEs have to do with images: they begin from them, have persistent ones to themselves, write back to those, and become new ones. */
public final class ImageUses implements ImageShelf {
    private final SiteDatabase database;
    private final StoredImages stored;
    private final ImageImport imports;
    private final Path arriving;
    private final Path kept;
    private final QuotaDesk quotas;
    private final InstantSource clock;
    /** What is noted as {@link #cached} already, so that a deployment costs no statement for an image that is there; forgotten now and then. */
    private final Set<String> noted = ConcurrentHashMap.newKeySet();

    public ImageUses(SiteDatabase database, StoredImages stored, ImageImport imports, Path arriving, Path kept, QuotaDesk quotas, InstantSource clock) {
        this.database = database;
        this.stored = stored;
        this.imports = imports;
        this.arriving = arriving;
        this.kept = kept;
        this.quotas = quotas;
        this.clock = clock;
    }

    @Override
    public Shelved require(Caller caller, ImageId id) {
        var row = database.read(sql -> ImageStore.require(sql, caller, id, Right.USE));
        ImageStore.requireReady(row);
        return new Shelved(id, row.file(), row.kind(), row.persistent());
    }

    @Override
    public ImageFile file(ImageId id) {
        return database.read(sql -> ImageTable.find(sql, id)).orElseThrow(() -> new IllegalStateException("a VEE uses %s, which is not there".formatted(id))).file();
    }

    @Override
    public void use(Transaction transaction, ImageId image, VeeId vee) {
        var row = ImageTable.lock(transaction.sql(), image)
                .orElseThrow(() -> Refused.notFound("IMAGE_NOT_FOUND", "There is no %s any more.".formatted(image), "See: reservoir image list"));
        if (row.persistent()) {
            ImageTable.users(transaction.sql(), image).stream().filter(user -> !user.equals(vee)).findFirst().ifPresent(user -> {
                throw Refused.conflict("IMAGE_IN_USE", "%s is persistent, and %s has it.".formatted(image, user), "Copy it: reservoir image copy " + image);
            });
        }
        ImageTable.use(transaction.sql(), image, vee);
    }

    @Override
    public void unuse(Transaction transaction, VeeId vee) {
        ImageTable.unuse(transaction.sql(), vee, Set.of());
    }

    /** What else follows for images from a job that has ended. */
    public void settled(Transaction transaction, Task task, VeeRecord after) {
        switch (task.job()) {
            case TERMINATE -> unuse(transaction, after.id());
            case ATTACH_DISK, DETACH_DISK -> ImageTable.unuse(transaction.sql(), after.id(), needed(after));
            case SAVE_DISK -> after.problem().ifPresent(problem -> ImageTable.saveFailed(transaction.sql(), after.id(), "DISK_NOT_SAVED: " + problem));
            default -> { }
        }
    }

    private static Set<ImageId> needed(VeeRecord vee) {
        var needed = new HashSet<ImageId>();
        vee.parts().disks().forEach(disk -> disk.image().ifPresent(needed::add));
        vee.spec().boot().ifPresent(boot -> {
            needed.add(boot.kernel());
            boot.initrd().ifPresent(needed::add);
        });
        return needed;
    }

    // ---- to the hosts

    @Override
    public ByteSource open(ImageFile file) {
        return stored.open(file);
    }

    @Override
    public void cached(HostId host, ImageFile file) {
        var what = host + " " + file.digest();
        if (!noted.contains(what)) {
            database.run(transaction -> ImageTable.cached(transaction.sql(), host, file.digest()));
            noted.add(what);
        }
    }

    void forgetNoted() {
        noted.clear();
    }

    // ---- from the hosts

    @Override
    public Path kept(VeeId vee, int disk) {
        return kept.resolve(name(vee, disk));
    }

    @Override
    public Path leaving(VeeId vee, int disk) {
        return arriving.resolve(name(vee, disk));
    }

    private static String name(VeeId vee, int disk) {
        return "%s-disk-%d".formatted(vee, disk);
    }

    @Override
    public ImageId reserve(Transaction transaction, Ownership ownership, String name, VeeId vee) {
        Name.of("image", name);
        return ImageTable.reserve(transaction.sql(), ownership, name, vee, clock.instant()).orElseThrow(() -> ImageStore.nameTaken(name));
    }

    @Override
    public void adopt(VeeId vee, int disk, String name) throws IOException {
        shelve(vee, disk, (transaction, sound) -> {
            var reserved = ImageTable.reserved(transaction.sql(), vee, name);
            reserved.ifPresent(row -> {
                quotas.requireStored(transaction.sql(), row.ownership(), sound.file().length());
                ImageTable.ready(transaction.sql(), row.id(), sound.file());
            });
        });
    }

    @Override
    public ImageFile replace(ImageId image, VeeId vee, int disk) throws IOException {
        return shelve(vee, disk, (transaction, sound) -> {
            ImageTable.ready(transaction.sql(), image, sound.file());
            ImageTable.ahead(transaction.sql(), image, vee, false);
        });
    }

    @Override
    public void ahead(ImageId image, VeeId vee) {
        database.run(transaction -> ImageTable.ahead(transaction.sql(), image, vee, true));
    }

    @Override
    public boolean isAhead(ImageId image, VeeId vee) {
        return database.read(sql -> ImageTable.isAhead(sql, image, vee));
    }

    private interface Note {
        void write(Transaction transaction, Inspection.Sound sound);
    }

    private ImageFile shelve(VeeId vee, int disk, Note note) throws IOException {
        var file = new AtomicReference<ImageFile>();
        imports.bringIn(name(vee, disk), sound -> {
            database.run(transaction -> {
                stored.put(transaction, sound);
                note.write(transaction, sound);
            });
            file.set(sound.file());
        });
        return file.get();
    }

    @Override
    public void lost(ImageId image, VeeId vee) {
        database.run(transaction -> {
            ImageTable.note(transaction.sql(), image, "DISK_NOT_SAVED: what %s wrote was lost with its guest.".formatted(vee));
            ImageTable.ahead(transaction.sql(), image, vee, false);
        });
    }
}
