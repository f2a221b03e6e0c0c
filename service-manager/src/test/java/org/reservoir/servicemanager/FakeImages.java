package org.reservoir.servicemanager;

import java.io.InputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Images;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/** Images that are there: the Service Manager looks them up and changes none. */
final class FakeImages implements Images {
    private final Map<ImageId, Image> images = new LinkedHashMap<>();
    private long numbers = 1;

    synchronized Image add(String name) {
        var image = new Image(new ImageId(numbers++), name, new Ownership(new UserId(1), new GroupId(1), Ownership.PUBLIC), Image.Kind.DISK, Image.State.READY, false,
                Optional.of("sha256:" + "ab".repeat(32)), "qcow2", DataSize.mebibytes(20), DataSize.mebibytes(64), DataSize.mebibytes(20), 0, Optional.empty(), Instant.EPOCH, Optional.empty());
        images.put(image.id(), image);
        return image;
    }

    @Override
    public synchronized Page<Image> images(Caller caller, Page.Request page) {
        return new Page<>(List.copyOf(images.values()), Optional.empty());
    }

    @Override
    public synchronized Image image(Caller caller, ImageId image) {
        return Optional.ofNullable(images.get(image)).orElseThrow(() -> Refused.notFound("IMAGE_NOT_FOUND", "There is no " + image, ""));
    }

    @Override
    public synchronized Image request(Caller caller, ImageRequest request) {
        throw FakeSite.notOurs();
    }

    @Override
    public DataSize upload(Caller caller, ImageId image, long offset, InputStream bytes, boolean last) {
        throw FakeSite.notOurs();
    }

    @Override
    public synchronized Image copy(Caller caller, ImageId image, String name) {
        throw FakeSite.notOurs();
    }

    @Override
    public synchronized Image resize(Caller caller, ImageId image, DataSize size) {
        throw FakeSite.notOurs();
    }

    @Override
    public synchronized Image rename(Caller caller, ImageId image, String name) {
        throw FakeSite.notOurs();
    }

    @Override
    public synchronized Image own(Caller caller, ImageId image, Ownership ownership) {
        throw FakeSite.notOurs();
    }

    @Override
    public synchronized void delete(Caller caller, ImageId image) {
        throw FakeSite.notOurs();
    }
}
