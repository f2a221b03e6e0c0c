package org.reservoir.interfaces.vmi;

import java.util.Optional;

import org.reservoir.kernel.Name;

/**
 * An image to bring in.
 *
 * @param source     a file below the site's import folders, or an {@code http(s)} URL; empty when the bytes will be uploaded
 * @param digest     {@code sha256:…}, {@code sha512:…}, {@code sha1:…} or {@code md5:…} of the source as it is; checked when given
 * @param format     {@code qcow2 raw vmdk vdi vpc vhdx}; empty to have it found out
 * @param persistent whether the disk of the one VEE that may use it is written back
 */
public record ImageRequest(String name, Image.Kind kind, Optional<String> source, Optional<String> digest, Optional<String> format, boolean persistent) {
    public ImageRequest {
        Name.of("image", name);
    }
}
