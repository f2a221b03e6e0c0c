package org.reservoir.interfaces.vmi;

import java.io.InputStream;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;

/** The image store of a site. */
public interface Images {
    /** Notes the wish; the import goes on by itself. */
    Image request(Caller caller, ImageRequest request);

    /**
     * Takes uploaded bytes from {@code offset} on; {@code offset} must be {@link Image#done()}. With {@code last} the image is complete.
     * @return how much has arrived
     */
    DataSize upload(Caller caller, ImageId image, long offset, InputStream bytes, boolean last);

    Image image(Caller caller, ImageId image);

    Page<Image> images(Caller caller, Page.Request page);

    /** A new image with the same content, at once. */
    Image copy(Caller caller, ImageId image, String name);

    /** @throws org.reservoir.kernel.Refused {@code IMAGE_NAME_TAKEN} when its owner has an image of that name already */
    Image rename(Caller caller, ImageId image, String name);

    /**
     * Notes that the disk is to grow to so much, rounded up to whole sectors; until it has, which shows in {@link Image#virtualSize}, the image is
     * used as it is. VEEs that began from it keep the disks that they have. What prevents it is told in {@link Image#problem}.
     *
     * @throws org.reservoir.kernel.Refused {@code IMAGE_NOT_READY}, {@code BAD_IMAGE} when it is no disk or would shrink, {@code IMAGE_IN_USE} when it
     *     is persistent and a VEE has it
     */
    Image resize(Caller caller, ImageId image, DataSize size);

    Image own(Caller caller, ImageId image, Ownership ownership);

    /** @throws org.reservoir.kernel.Refused {@code IMAGE_IN_USE} while a VEE needs it */
    void delete(Caller caller, ImageId image);
}
