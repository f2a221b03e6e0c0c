package org.reservoir.servicemanager;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.Image;
import org.reservoir.kernel.Refused;
import org.reservoir.manifest.Manifest;

/**
 * Which image of the site a file of a manifest means: one with its SHA-256 ({@code rsrvr:digest}), else one named like the last part of
 * its {@code href}, with or without the extension. Images are not imported from a manifest: what a site does not hold is refused.
 */
final class ImageChoice {
    private ImageChoice() {}

    /** By file id, for the files that a component uses. @throws Refused {@code IMAGE_MISSING}, {@code IMAGE_NOT_READY} */
    static Map<String, Image> choose(Manifest manifest, List<Image> images) {
        var chosen = new TreeMap<String, Image>();
        used(manifest).distinct().forEach(file -> chosen.put(file.id(), choose(file, images)));
        return chosen;
    }

    private static Stream<Manifest.File> used(Manifest manifest) {
        return manifest.components().stream().flatMap(c -> c.disks().stream()).flatMap(use -> use.disk().stream()
                .flatMap(id -> (use.isFile() ? Optional.of(id) : manifest.disk(id).flatMap(Manifest.Disk::file)).stream())).flatMap(id -> manifest.file(id).stream());
    }

    private static Image choose(Manifest.File file, List<Image> images) {
        var image = find(file, images).orElseThrow(() -> missing(file));
        if (image.state() != Image.State.READY) {
            throw Refused.conflict("IMAGE_NOT_READY", "The image '%s' (%s) is %s.".formatted(image.name(), image.id(), image.state().name().toLowerCase(Locale.ROOT)),
                    image.problem().orElse("Wait until it is ready, then submit again."));
        }
        return image;
    }

    private static Optional<Image> find(Manifest.File file, List<Image> images) {
        var name = file.href().substring(file.href().lastIndexOf('/') + 1);
        var digest = file.digest().map(text -> text.toLowerCase(Locale.ROOT).replaceFirst("^sha256:", ""));
        return Stream.<java.util.function.Predicate<Image>>of(
                image -> digest.isPresent() && image.digest().filter(known -> known.replaceFirst("^sha256:", "").equals(digest.get())).isPresent(),
                image -> image.name().equals(name),
                image -> image.name().equals(withoutExtension(name)))
                .flatMap(rule -> images.stream().filter(rule).limit(1)).findFirst();
    }

    private static String withoutExtension(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private static Refused missing(Manifest.File file) {
        var name = file.href().substring(file.href().lastIndexOf('/') + 1);
        return Refused.notFound("IMAGE_MISSING", "The manifest's file '%s' (%s) is no image of this site.".formatted(file.id(), file.href()),
                "Bring it in first: reservoir image create %s --upload %s".formatted(withoutExtension(name), file.href().isBlank() ? "FILE" : file.href()));
    }
}
