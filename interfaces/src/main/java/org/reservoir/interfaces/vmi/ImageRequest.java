package org.reservoir.interfaces.vmi;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;

/**
 * An image to bring in.
 *
 * @param source     a file below the site's import folders, by its path or {@code file:///…}, or an {@code http(s)} URL; empty when the bytes will be uploaded
 * @param digest     {@code sha256:…}, {@code sha512:…}, {@code sha1:…} or {@code md5:…} of the source as it is; checked when given
 * @param format     {@code qcow2 raw vmdk vdi vpc vhdx}; empty to have it found out
 * @param persistent whether the disk of the one VEE that may use it is written back
 */
public record ImageRequest(String name, Image.Kind kind, Optional<String> source, Optional<String> digest, Optional<String> format, boolean persistent) {
    public ImageRequest {
        Name.of("image", name);
        source = source.map(ImageRequest::plain);
    }

    private static String plain(String source) {
        if (!source.regionMatches(true, 0, "file:", 0, 5)) {
            return source;
        }
        try {
            return Path.of(URI.create(source)).toString();
        } catch (IllegalArgumentException _) { // of another machine, or with a query
            throw Refused.invalid("IMAGE_SOURCE_NOT_ALLOWED", "'%s' is no file's address.".formatted(source), "Write it like file:///srv/images/debian.qcow2.");
        }
    }
}
