package org.reservoir.veem.image;

import java.io.IOException;
import java.nio.file.Path;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.Transaction;

/** What the life of a VEE needs of the image store. */
public interface ImageShelf {

    public record Shelved(ImageId id, ImageFile file, Image.Kind kind, boolean persistent) {}

    /** @throws org.reservoir.kernel.Refused when there is none, it may not be used, or it is not ready */
    public Shelved require(Caller caller, ImageId image);

    /** Notes that a VEE needs the image, until {@link #unuse}. @throws org.reservoir.kernel.Refused {@code IMAGE_IN_USE} when it is persistent and another VEE has it */
    public void use(Transaction transaction, ImageId image, VeeId vee);

    void unuse(Transaction transaction, VeeId vee);

    /** The stored file of an image that a VEE uses already. */
    public ImageFile file(ImageId image);

    /** The image's bytes, for a transfer to a host. */
    public ByteSource open(ImageFile file) throws IOException;

    /** Notes that the image is on its way to the host's cache, so that it is removed from there some day. */
    public void cached(HostId host, ImageFile file);

    /** Where the disk of an undeployed VEE lies in the site's store; the folder exists. */
    public Path kept(VeeId vee, int disk);

    /** Where a disk that is to become an image is copied to on its way out of its host; the folder exists. */
    public Path leaving(VeeId vee, int disk);

    /** Makes a new image to which a disk of the VEE will be copied. @throws org.reservoir.kernel.Refused {@code IMAGE_NAME_TAKEN} */
    public ImageId reserve(Transaction transaction, Ownership ownership, String name, VeeId vee);

    /** Gives the image that was reserved its content: the disk in {@link #leaving}. */
    public void adopt(VeeId vee, int disk, String name) throws IOException;

    /** Notes that the VEE may write what its persistent image does not hold, until {@link #replace} or {@link #lost}. */
    public void ahead(ImageId image, VeeId vee);

    public boolean isAhead(ImageId image, VeeId vee);

    /** Makes the disk in {@link #leaving} the new content of a persistent image. */
    public ImageFile replace(ImageId image, VeeId vee, int disk) throws IOException;

    /** Notes at a persistent image that what the VEE wrote to its disk will never come. */
    public void lost(ImageId image, VeeId vee);
}
