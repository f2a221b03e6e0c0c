package org.reservoir.veem;

import java.io.IOException;
import java.nio.file.Path;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.Transaction;

/** What the life of a VEE needs of the image store. */
public interface ImageShelf {

    record Shelved(ImageId id, ImageFile file, Image.Kind kind, boolean persistent) {}

    /** @throws org.reservoir.kernel.Refused when there is none, it may not be used, or it is not ready */
    Shelved require(Caller caller, ImageId image);

    /** Notes that a VEE needs the image, until {@link #unuse}. @throws org.reservoir.kernel.Refused {@code IMAGE_IN_USE} when it is persistent and another VEE has it */
    void use(Transaction transaction, ImageId image, VeeId vee);

    void unuse(Transaction transaction, VeeId vee);

    /** The image's bytes, for a transfer to a host. */
    ByteSource open(ImageFile file) throws IOException;

    /** Where the disk of an undeployed VEE, or one being copied out, lies in the site's store; the folder exists. */
    Path kept(VeeId vee, int disk);

    /** Makes a stored file a new image, or the new content of a persistent one; the file moves into the store. */
    ImageId adopt(Ownership ownership, String name, Image.Kind kind, Path file) throws IOException;

    void replace(ImageId image, Path file) throws IOException;
}
