package org.reservoir.gateways;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Images;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;

/** Images in memory. An upload is kept; a resize goes on by half each time that somebody looks. */
public final class FakeImages implements Images {
    private final FakeVmi vmi;
    private final Shelf<Image> images = new Shelf<>("image", "image", Image::name, Image::ownership);
    private final Map<Long, ByteArrayOutputStream> contents = new HashMap<>();

    FakeImages(FakeVmi vmi) {
        this.vmi = vmi;
    }

    synchronized byte[] contentOf(ImageId image) {
        return contents.get(image.value()).toByteArray();
    }

    @Override
    public synchronized Image request(Caller caller, ImageRequest request) {
        images.requireFree(request.name());
        var state = request.source().isPresent() ? Image.State.READY : Image.State.IMPORTING;
        var image = new Image(new ImageId(images.next()), request.name(), Ownership.privateTo(caller), request.kind(), state, request.persistent(),
                Optional.empty(), request.format().orElse("qcow2"), DataSize.mebibytes(4), DataSize.gibibytes(1), DataSize.ZERO, 0, Optional.empty(), FakeVmi.NOW, Optional.empty());
        contents.put(image.id().value(), new ByteArrayOutputStream());
        return images.keep(image.id().value(), image);
    }

    @Override
    public synchronized DataSize upload(Caller caller, ImageId id, long offset, InputStream bytes, boolean last) {
        var image = image(caller, id);
        var content = contents.get(id.value());
        if (offset != content.size()) {
            throw Refused.conflict("WRONG_OFFSET", "%d bytes of %s have arrived, not %d.".formatted(content.size(), id, offset), "Go on from there.");
        }
        try {
            bytes.transferTo(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        images.keep(id.value(), new Image(id, image.name(), image.ownership(), image.kind(), last ? Image.State.READY : Image.State.IMPORTING,
                image.persistent(), Optional.empty(), image.format(), DataSize.bytes(content.size()), image.virtualSize(), DataSize.bytes(content.size()), 0,
                Optional.empty(), FakeVmi.NOW, Optional.empty()));
        return DataSize.bytes(content.size());
    }

    @Override
    public synchronized Image image(Caller caller, ImageId image) {
        var seen = images.usable(caller, image.value(), image);
        seen.wantedSize().ifPresent(size -> images.keep(image.value(), grownFurther(seen, size)));
        return seen;
    }

    /** Half of it each time that somebody looks. */
    private static Image grownFurther(Image image, DataSize size) {
        var done = image.done().plus(new DataSize(image.length().bytes() / 2));
        return done.equals(image.length()) ? growing(image, size, done, Optional.empty()) : growing(image, image.virtualSize(), done, Optional.of(size));
    }

    @Override
    public synchronized Page<Image> images(Caller caller, Page.Request page) {
        return images.page(page, image -> image.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized Image copy(Caller caller, ImageId image, String name) {
        return request(caller, new ImageRequest(name, image(caller, image).kind(), Optional.of("copy"), Optional.empty(), Optional.empty(), false));
    }

    @Override
    public synchronized Image rename(Caller caller, ImageId id, String name) {
        var image = image(caller, id);
        return images.keep(id.value(), new Image(id, name, image.ownership(), image.kind(), image.state(), image.persistent(), image.digest(), image.format(),
                image.length(), image.virtualSize(), image.done(), 0, Optional.empty(), FakeVmi.NOW, Optional.empty()));
    }

    @Override
    public synchronized Image own(Caller caller, ImageId id, Ownership ownership) {
        var image = image(caller, id);
        return images.keep(id.value(), new Image(id, image.name(), ownership, image.kind(), image.state(), image.persistent(), image.digest(), image.format(),
                image.length(), image.virtualSize(), image.done(), 0, Optional.empty(), FakeVmi.NOW, Optional.empty()));
    }

    @Override
    public synchronized Image resize(Caller caller, ImageId id, DataSize size) {
        var image = image(caller, id);
        return images.keep(id.value(), growing(image, image.virtualSize(), DataSize.ZERO, Optional.of(size)));
    }

    private static Image growing(Image image, DataSize now, DataSize done, Optional<DataSize> wanted) {
        return new Image(image.id(), image.name(), image.ownership(), image.kind(), image.state(), image.persistent(), image.digest(), image.format(),
                image.length(), now, done, 0, Optional.empty(), FakeVmi.NOW, wanted);
    }

    @Override
    public synchronized void delete(Caller caller, ImageId image) {
        image(caller, image);
        if (vmi.vees().all().stream().anyMatch(vee -> vee.disks().stream().anyMatch(disk -> disk.image().equals(Optional.of(image))))) {
            throw Refused.conflict("IMAGE_IN_USE", "%s is used by VEEs.".formatted(image), "Terminate them first.");
        }
        images.remove(image.value());
    }
}
