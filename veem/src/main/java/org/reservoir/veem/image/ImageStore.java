package org.reservoir.veem.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Images;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.image.file.Interrupted;
import org.reservoir.veem.kept.ImageTable;
import org.reservoir.veem.kept.Listings;
import org.reservoir.veem.kept.QuotaDesk;

/**
 * Takes wishes about images, and brings them in. Bytes arrive in a file of their own; they become one of the {@link StoredImages} only when
 * they were found to be sound, so an import that is cut off at any moment leaves nothing behind that anybody would take for an image.
 */
public final class ImageStore implements Images {
    /** Work that brings an image in; subject its id. */
    public static final String IMPORT = "veem.image";

    private final SiteDatabase database;
    private final StoredImages stored;
    private final ImageImport imports;
    private final ImageGrowth growth;
    private final QuotaDesk quotas;
    private final InstantSource clock;

    /** The image was deleted while it was being brought in. */
    private static final class Abandoned extends RuntimeException {
        private Abandoned(ImageId image) {
            super(image + " was deleted");
        }
    }

    public ImageStore(SiteDatabase database, StoredImages stored, ImageImport imports, ImageGrowth growth, QuotaDesk quotas, InstantSource clock) {
        this.database = database;
        this.stored = stored;
        this.imports = imports;
        this.growth = growth;
        this.quotas = quotas;
        this.clock = clock;
    }

    /** The site's folders for images below {@code folder}, made when missing. */
    public static Path folder(Path folder, String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- bringing in

    @Override
    public Image request(Caller caller, ImageRequest request) {
        imports.require(request);
        var id = database.transact(transaction -> {
            quotas.requireStored(transaction.sql(), Ownership.privateTo(caller), 1);
            var made = ImageTable.insert(transaction.sql(), caller, request, clock.instant()).orElseThrow(() -> nameTaken(request.name()));
            request.source().ifPresent(_ -> transaction.enqueue(importOf(made)));
            return made;
        });
        return image(caller, id);
    }

    static Refused nameTaken(String name) {
        return Refused.conflict("IMAGE_NAME_TAKEN", "You have an image called '%s' already.".formatted(name),
                "Choose another name, or delete that one first: reservoir image delete " + name);
    }

    private NewWork importOf(ImageId image) {
        return new NewWork(IMPORT, image.toString(), "images", "", clock.instant());
    }

    @Override
    public DataSize upload(Caller caller, ImageId id, long offset, InputStream bytes, boolean last) {
        requireAwaitsUpload(database.read(sql -> require(sql, caller, id, Right.MANAGE)));
        var arrived = append(id, offset, bytes);
        database.run(transaction -> {
            ImageTable.arrived(transaction.sql(), id, arrived, last);
            if (last) {
                transaction.enqueue(importOf(id));
            }
        });
        return arrived;
    }

    private static void requireAwaitsUpload(ImageTable.Row row) {
        if (row.state() != Image.State.IMPORTING || row.source().isPresent() || row.savedFrom().isPresent() || row.whole()) {
            throw Refused.conflict("WRONG_STATE", "%s waits for no upload.".formatted(row.id()), "Make a new image without a source, then upload to it.");
        }
    }

    private DataSize append(ImageId id, long offset, InputStream bytes) {
        try {
            return imports.append(id, offset, bytes, done -> progress(id, done));
        } catch (IOException e) {
            progress(id, imports.arrived(id).bytes());
            throw Refused.unavailable("UPLOAD_CUT_OFF", "The upload of %s was cut off: %s".formatted(id, e.getMessage()), "Ask where it stands, and go on from there.");
        }
    }

    private void progress(ImageId id, long done) {
        if (database.transact(transaction -> ImageTable.arrived(transaction.sql(), id, new DataSize(done), false)) == 0) {
            throw new Abandoned(id);
        }
    }

    /** Does the work of {@link #IMPORT}; whatever is wrong with the image is told in it. */
    public void bringIn(ImageId id) {
        var row = database.read(sql -> ImageTable.find(sql, id)).filter(it -> it.state() == Image.State.IMPORTING);
        if (row.isEmpty()) {
            imports.forget(id.toString());
            return;
        }
        try {
            imports.bringIn(row.get(), done -> progress(id, done), sound -> database.run(transaction -> {
                quotas.requireStored(transaction.sql(), row.get().ownership(), sound.file().length());
                stored.put(transaction, sound);
                ImageTable.ready(transaction.sql(), id, sound.file());
            }));
        } catch (Refused refused) {
            unlessItPasses(refused);
            database.run(transaction -> ImageTable.failed(transaction.sql(), id, problem(refused)));
            imports.forget(id.toString());
        } catch (Abandoned _) {
            imports.forget(id.toString());
        }
    }

    /**
     * Goes on only with what is wrong with an image or its source. That the server ends, that another is still at the image (whose work was taken
     * over from it), or that the site database is away says nothing about the image: the work is done later.
     */
    static void unlessItPasses(Refused refused) {
        if (Thread.currentThread().isInterrupted()) {
            throw Interrupted.now(refused);
        }
        if (refused.code().equals("TRANSFER_UNDER_WAY") || refused.code().startsWith("DATABASE_")) {
            throw refused;
        }
    }

    static String problem(Refused refused) {
        return "%s: %s".formatted(refused.code(), refused.getMessage()) + (refused.advice().isEmpty() ? "" : " " + refused.advice());
    }

    // ---- looking, sharing, deleting

    @Override
    public Image image(Caller caller, ImageId id) {
        return database.read(sql -> require(sql, caller, id, Right.USE)).view();
    }

    @Override
    public Page<Image> images(Caller caller, Page.Request page) {
        var after = page.after().map(ImageId::parse).map(ImageId::value).orElse(0L);
        return Listings.page(database.read(sql -> ImageTable.after(sql, after)).stream().filter(row -> row.ownership().allows(caller, Right.USE)).map(ImageTable.Row::view).toList(),
                page, image -> image.id().toString());
    }

    static ImageTable.Row require(Handle sql, Caller caller, ImageId id, Right right) {
        var row = ImageTable.find(sql, id).filter(it -> it.ownership().allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound("IMAGE_NOT_FOUND", "There is no %s.".formatted(id), "See: reservoir image list"));
        if (!row.ownership().allows(caller, right)) {
            throw Refused.forbidden("NOT_ALLOWED", "You may use %s, but not change it.".formatted(id), "Its owner can give you that right.");
        }
        return row;
    }

    @Override
    public Image copy(Caller caller, ImageId id, String name) {
        Name.of("image", name);
        var copy = database.transact(transaction -> {
            var row = require(transaction.sql(), caller, id, Right.USE);
            requireReady(row);
            quotas.requireStored(transaction.sql(), Ownership.privateTo(caller), row.length().bytes());
            return ImageTable.copy(transaction.sql(), id, Ownership.privateTo(caller), name, clock.instant()).orElseThrow(() -> nameTaken(name));
        });
        return image(caller, copy);
    }

    static void requireReady(ImageTable.Row row) {
        if (row.state() != Image.State.READY) {
            throw Refused.conflict("IMAGE_NOT_READY", "%s '%s' is %s.".formatted(row.id(), row.name(), row.state()),
                    row.problem().orElse("Wait until it is READY: reservoir image show " + row.id()));
        }
    }

    @Override
    public Image rename(Caller caller, ImageId id, String name) {
        Name.of("image", name);
        database.run(transaction -> {
            var row = require(transaction.sql(), caller, id, Right.MANAGE);
            if (row.savedFrom().isPresent() && row.state() == Image.State.IMPORTING) {
                throw Refused.conflict("WRONG_STATE", "%s is being copied from a disk under its name.".formatted(id), "Wait until it is READY: reservoir image show " + id);
            }
            if (!name.equals(row.name()) && !ImageTable.rename(transaction.sql(), id, name)) {
                throw nameTaken(name);
            }
        });
        return image(caller, id);
    }

    @Override
    public Image resize(Caller caller, ImageId id, DataSize size) {
        growth.wish(caller, id, size);
        return image(caller, id);
    }

    @Override
    public Image own(Caller caller, ImageId id, Ownership ownership) {
        database.run(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            Listings.own(transaction.sql(), "veem.image", id.value(), ownership);
        });
        return image(caller, id);
    }

    @Override
    public void delete(Caller caller, ImageId id) {
        database.run(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            ImageTable.lock(transaction.sql(), id);
            ImageTable.users(transaction.sql(), id).stream().findFirst().ifPresent(vee -> {
                throw Refused.conflict("IMAGE_IN_USE", "%s needs %s.".formatted(vee, id), "Terminate the VEE first.");
            });
            ImageTable.delete(transaction.sql(), id);
        });
    }
}
