package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.patch;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Images;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;

/** Images over REST. */
final class ImageRoutes {
    private static final String IMAGES = "/api/veem/v1/images";
    private static final String IMAGE = IMAGES + "/{image}";
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private final Images images;
    private final Names names;

    ImageRoutes(Images images, Names names) {
        this.images = images;
        this.names = names;
    }

    /** What a copy is to be called. */
    record CopyRequest(String name) {
        CopyRequest {
            Name.of("image", name);
        }
    }

    /** What the image is to be called from now on. */
    record ImageName(String name) {
        ImageName {
            Name.of("image", name);
        }
    }

    /** How large its disk is to be. */
    record ImageSize(DataSize size) {}

    List<Route> routes() {
        return List.of(
                get(IMAGES, "image.list", "Lists images that the caller may see.", x -> x.paged(images.images(x.caller(), x.page()))).pages(Image.class),
                create(IMAGES, "image.create", "Notes an image to bring in from a file or URL, or to be uploaded.", this::make)
                        .takes(ImageRequest.class).answers(Image.class),
                get(IMAGE, "image.show", "Shows an image and how far it has come.", x -> Answer.of(images.image(x.caller(), image(x)))).answers(Image.class),
                put(IMAGE + "/content", "image.upload", "Takes the bytes of an image. A transfer that broke off goes on with Content-Range from what "
                        + "'done' of the image says; the last part is the one that reaches the whole length.", this::upload)
                        .takes(new Shape.Raw("application/octet-stream")).upTo(Long.MAX_VALUE).answers(Image.class),
                create(IMAGE + "/copies", "image.copy", "Makes a new image with the same content, at once.", this::copy)
                        .takes(CopyRequest.class).answers(Image.class),
                put(IMAGE + "/name", "image.rename", "Gives an image another name.", x -> Answer.of(images.rename(x.caller(), image(x), x.body(ImageName.class).name())))
                        .takes(ImageName.class).answers(Image.class),
                put(IMAGE + "/size", "image.resize", "Gives an image a larger disk; 'virtualSize' tells when it has it, 'problem' when it could not be.",
                        x -> Answer.of(images.resize(x.caller(), image(x), x.body(ImageSize.class).size()))).takes(ImageSize.class).answers(Image.class),
                patch(IMAGE, "image.own", "Changes whose it is and what others may do with it.",
                        x -> Answer.of(images.own(x.caller(), image(x), x.body(Ownership.class)))).takes(Ownership.class).answers(Image.class),
                delete(IMAGE, "image.delete", "Deletes an image that no VEE needs.", this::drop));
    }

    private ImageId image(Exchange x) {
        return names.image(x.caller(), x.path("image"));
    }

    private Answer make(Exchange x) throws IOException {
        return created(images.request(x.caller(), x.body(ImageRequest.class)));
    }

    private Answer copy(Exchange x) throws IOException {
        return created(images.copy(x.caller(), image(x), x.body(CopyRequest.class).name()));
    }

    private static Answer created(Image image) {
        return Answer.created(image, IMAGES + "/" + image.id());
    }

    private Answer upload(Exchange x) {
        var image = image(x);
        var part = part(x);
        images.upload(x.caller(), image, part.offset(), x.stream(), part.last());
        return Answer.of(images.image(x.caller(), image));
    }

    private record Part(long offset, boolean last) {}

    private static Part part(Exchange x) {
        return x.header("Content-Range").map(ImageRoutes::part).orElse(new Part(0, true));
    }

    private static Part part(String header) {
        var range = RANGE.matcher(header.strip());
        if (!range.matches()) {
            throw Refused.invalid("BAD_RANGE", "'%s' is no range of bytes.".formatted(header), "Write it like bytes 1048576-2097151/8388608.");
        }
        var last = !range.group(3).equals("*") && Long.parseLong(range.group(2)) + 1 == Long.parseLong(range.group(3));
        return new Part(Long.parseLong(range.group(1)), last);
    }

    private Answer drop(Exchange x) {
        images.delete(x.caller(), image(x));
        return Answer.NOTHING;
    }
}
