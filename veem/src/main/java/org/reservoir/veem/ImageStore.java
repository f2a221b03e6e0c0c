package org.reservoir.veem;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.ImageFile;
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
import org.reservoir.kernel.VeeId;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;

/**
 * Keeps the images. What is stored is named by its SHA-256, so two images with the same content are one file, and a copy of an
 * image takes no time. Bytes arrive in a file of their own and move into the store only when they were found to be sound.
 */
final class ImageStore implements Images, ImageShelf {
    /** Work that brings an image in; subject its id. */
    static final String IMPORT = "veem.image";

    private final SiteDatabase database;
    private final Path folder;
    private final ImageImport imports;
    private final InstantSource clock;

    /** @param folder of the site for images alone; made when missing */
    ImageStore(SiteDatabase database, Path folder, ImageImport.Rules rules, InstantSource clock) {
        this.database = database;
        this.folder = folder;
        this.imports = new ImageImport(folder, rules);
        this.clock = clock;
        List.of("stored", "arriving", "kept").forEach(name -> create(folder.resolve(name)));
    }

    private static void create(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- bringing in

    @Override
    public Image request(Caller caller, ImageRequest request) {
        imports.require(request, caller);
        var id = database.transact(transaction -> {
            var made = ImageTable.insert(transaction.sql(), caller, request, clock.instant())
                    .orElseThrow(() -> Refused.conflict("IMAGE_NAME_TAKEN", "You have an image called '%s' already.".formatted(request.name()), "Choose another name."));
            request.source().ifPresent(_ -> transaction.enqueue(importOf(made)));
            return made;
        });
        return image(caller, id);
    }

    private NewWork importOf(ImageId image) {
        return new NewWork(IMPORT, image.toString(), "images", "", clock.instant());
    }

    @Override
    public DataSize upload(Caller caller, ImageId id, long offset, InputStream bytes, boolean last) {
        var row = database.read(sql -> require(sql, caller, id, Right.MANAGE));
        if (row.state() != Image.State.IMPORTING || row.source().isPresent()) {
            throw Refused.conflict("WRONG_STATE", "%s waits for no upload.".formatted(id), "Make a new image without a source, then upload to it.");
        }
        var arrived = imports.append(id, offset, bytes);
        database.run(transaction -> {
            ImageTable.arrived(transaction.sql(), id, arrived);
            if (last) {
                transaction.enqueue(importOf(id));
            }
        });
        return arrived;
    }

    /** Does the work of {@link #IMPORT}; whatever is wrong with the image is told in it. */
    void bringIn(ImageId id) {
        var row = database.read(sql -> ImageTable.find(sql, id));
        if (row.isEmpty() || row.get().state() != Image.State.IMPORTING) {
            return;
        }
        try {
            var stored = imports.bringIn(row.get(), done -> database.run(transaction -> ImageTable.arrived(transaction.sql(), id, done)));
            database.run(transaction -> ImageTable.ready(transaction.sql(), id, stored));
        } catch (Refused refused) {
            database.run(transaction -> ImageTable.failed(transaction.sql(), id, refused.getMessage() + (refused.advice().isEmpty() ? "" : " " + refused.advice())));
            imports.forget(id);
        }
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

    private static ImageTable.Row require(Handle sql, Caller caller, ImageId id, Right right) {
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
            requireReady(require(transaction.sql(), caller, id, Right.USE));
            return ImageTable.copy(transaction.sql(), id, Ownership.privateTo(caller), name, clock.instant())
                    .orElseThrow(() -> Refused.conflict("IMAGE_NAME_TAKEN", "You have an image called '%s' already.".formatted(name), "Choose another name."));
        });
        return image(caller, copy);
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
            ImageTable.users(transaction.sql(), id).stream().findFirst().ifPresent(vee -> {
                throw Refused.conflict("IMAGE_IN_USE", "%s needs %s.".formatted(vee, id), "Terminate the VEE first.");
            });
            ImageTable.delete(transaction.sql(), id);
        });
        imports.forget(id);
        sweep();
    }

    /** Removes stored files that no image and no VEE refers to any more. */
    void sweep() {
        var needed = database.read(ImageTable::digests);
        try (var stored = Files.list(folder.resolve("stored"))) {
            for (var file : stored.toList()) {
                var old = Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minusSeconds(3600));
                if (old && !needed.contains(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- for VEEs

    @Override
    public Shelved require(Caller caller, ImageId id) {
        var row = database.read(sql -> require(sql, caller, id, Right.USE));
        requireReady(row);
        return new Shelved(id, row.file(), row.kind(), row.persistent());
    }

    /** The stored file of an image that a VEE uses already. */
    ImageFile file(ImageId id) {
        return database.read(sql -> ImageTable.find(sql, id)).orElseThrow(() -> new IllegalStateException("a VEE uses %s, which is not there".formatted(id))).file();
    }

    private static void requireReady(ImageTable.Row row) {
        if (row.state() != Image.State.READY) {
            throw Refused.conflict("IMAGE_NOT_READY", "%s '%s' is %s.".formatted(row.id(), row.name(), row.state()),
                    row.problem().orElse("Wait until it is READY: reservoir image show " + row.id()));
        }
    }

    @Override
    public void use(Transaction transaction, ImageId image, VeeId vee) {
        var row = ImageTable.lock(transaction.sql(), image)
                .orElseThrow(() -> Refused.notFound("IMAGE_NOT_FOUND", "There is no %s any more.".formatted(image), ""));
        if (row.persistent()) {
            ImageTable.users(transaction.sql(), image).stream().filter(user -> !user.equals(vee)).findFirst().ifPresent(user -> {
                throw Refused.conflict("IMAGE_IN_USE", "%s is persistent, and %s has it.".formatted(image, user), "Copy it: reservoir image copy " + image);
            });
        }
        ImageTable.use(transaction.sql(), image, vee);
    }

    @Override
    public void unuse(Transaction transaction, VeeId vee) {
        ImageTable.unuse(transaction.sql(), vee);
    }

    @Override
    public ByteSource open(ImageFile file) {
        return new StoredFile(folder.resolve("stored").resolve(file.digest()));
    }

    @Override
    public Path kept(VeeId vee, int disk) {
        return folder.resolve("kept").resolve("%s-disk-%d".formatted(vee, disk));
    }

    @Override
    public ImageId adopt(Ownership ownership, String name, Image.Kind kind, Path file) throws IOException {
        var stored = imports.store(file, kind, "qcow2");
        return database.transact(transaction -> ImageTable.adopt(transaction.sql(), ownership, name, kind, stored, clock.instant()));
    }

    @Override
    public void replace(ImageId image, Path file) throws IOException {
        var stored = imports.store(file, Image.Kind.DISK, "qcow2");
        database.run(transaction -> ImageTable.ready(transaction.sql(), image, stored));
    }

    /** A file of the store, read from any place. */
    record StoredFile(Path path) implements ByteSource {
        @Override
        public long length() {
            return path.toFile().length();
        }

        @Override
        public InputStream openAt(long offset) throws IOException {
            var bytes = Files.newInputStream(path);
            bytes.skipNBytes(offset);
            return bytes;
        }
    }

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Optional<String> text(String text) {
        return Optional.ofNullable(text);
    }
}
