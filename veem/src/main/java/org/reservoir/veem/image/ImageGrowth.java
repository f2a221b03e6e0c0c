package org.reservoir.veem.image;

import java.time.InstantSource;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.image.file.Inspection;
import org.reservoir.veem.kept.ImageTable;
import org.reservoir.veem.kept.QuotaDesk;

/**
 * Gives images larger disks. A stored file is never changed, for others may have it: a copy grows and takes its place in the one image, in one
 * transaction at the end. Disks that began from the old content keep it.
 */
public final class ImageGrowth {
    /** Work that grows an image; subject its id. */
    public static final String KIND = "veem.image.growth";
    private static final int SECTOR = 512;

    private final SiteDatabase database;
    private final StoredImages stored;
    private final ImageImport imports;
    private final QuotaDesk quotas;
    private final InstantSource clock;

    public ImageGrowth(SiteDatabase database, StoredImages stored, ImageImport imports, QuotaDesk quotas, InstantSource clock) {
        this.database = database;
        this.stored = stored;
        this.imports = imports;
        this.quotas = quotas;
        this.clock = clock;
    }

    void wish(Caller caller, ImageId id, DataSize size) {
        database.run(transaction -> {
            ImageTable.lock(transaction.sql(), id);
            var row = ImageStore.require(transaction.sql(), caller, id, Right.MANAGE);
            ImageStore.requireReady(row);
            requireGrowth(row, size);
            obstacle(transaction, row).ifPresent(vee -> {
                throw Refused.conflict("IMAGE_IN_USE", vee, "Grow the VEE's own disk: its image takes that over when the VEE has ended.");
            });
            ImageTable.wantSize(transaction.sql(), id, sectors(size));
            transaction.enqueue(new NewWork(KIND, id.toString(), "images", "", clock.instant()));
        });
    }

    private void requireGrowth(ImageTable.Row row, DataSize size) {
        if (row.kind() != Image.Kind.DISK) {
            throw Refused.invalid("BAD_IMAGE", "%s is a %s, which has no size of its own.".formatted(row.id(), row.kind()), "Only a DISK can be resized.");
        }
        if (size.compareTo(row.virtualSize()) < 0) {
            throw Refused.invalid("BAD_IMAGE", "%s has %s; %s would cut off what lies behind.".formatted(row.id(), row.virtualSize(), size), "Give more than it has, or import a smaller one.");
        }
        imports.requireDisk(size);
    }

    private static DataSize sectors(DataSize size) {
        return new DataSize((size.bytes() + SECTOR - 1) / SECTOR * SECTOR);
    }

    /** A persistent image gets what its VEE's disk comes to, whatever is done to it meanwhile. */
    private static Optional<String> obstacle(Transaction transaction, ImageTable.Row row) {
        return row.persistent() ? ImageTable.users(transaction.sql(), row.id()).stream().findFirst().map(vee -> "%s is persistent, and %s has it.".formatted(row.id(), vee)) : Optional.empty();
    }

    /** Does the work of {@link #KIND}. Done again after a crash at any moment, it ends the same. */
    public void grow(ImageId id) {
        var row = database.read(sql -> ImageTable.find(sql, id)).filter(it -> it.wantedSize().isPresent());
        if (row.isEmpty()) {
            imports.forget(id.toString());
            return;
        }
        try {
            imports.grow(id.toString(), stored.path(row.get().file().digest()), row.get().wantedSize().orElseThrow(), done -> progress(id, done), sound -> database.run(transaction -> adopt(transaction, row.get(), sound)));
        } catch (Refused refused) {
            ImageStore.unlessItPasses(refused);
            giveUp(id, ImageStore.problem(refused));
        }
    }

    private void progress(ImageId id, long done) {
        database.run(transaction -> ImageTable.copied(transaction.sql(), id, new DataSize(done)));
    }

    /** Whoever wished for another size meanwhile, or wrote a persistent disk back, has work of his own, or none any more, in the table. */
    private void adopt(Transaction transaction, ImageTable.Row from, Inspection.Sound sound) {
        var now = ImageTable.lock(transaction.sql(), from.id()).filter(it -> it.wantedSize().equals(from.wantedSize()));
        if (now.isEmpty()) {
            return;
        }
        var obstacle = obstacle(transaction, now.get());
        if (obstacle.isPresent() || !now.get().digest().equals(from.digest())) {
            throw Refused.conflict("IMAGE_IN_USE", obstacle.orElse("%s was written to meanwhile.".formatted(from.id())), "Ask again when it is free.");
        }
        quotas.requireStored(transaction.sql(), from.ownership(), Math.max(0, sound.file().length() - from.length().bytes()));
        stored.put(transaction, sound);
        ImageTable.ready(transaction.sql(), from.id(), sound.file());
        ImageTable.wantNoSize(transaction.sql(), from.id());
    }

    private void giveUp(ImageId id, String problem) {
        database.run(transaction -> {
            ImageTable.note(transaction.sql(), id, "IMAGE_NOT_RESIZED: " + problem);
            ImageTable.wantNoSize(transaction.sql(), id);
        });
        imports.forget(id.toString());
    }
}
