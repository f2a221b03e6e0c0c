package org.reservoir.veeh.libvirt;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;

/**
 * How one site names its things on a host, so that several sites (and test runs) can share one libvirtd and each finds only its own.
 * Images are named by their bytes and shared.
 *
 * @param id the site's own name: a short word, unique among sites that share hosts
 */
record Site(String id) {
    static final String NAMESPACE = "urn:org.reservoir:vee:1";
    private static final Pattern FILTER = Pattern.compile("reservoir-(.+)-vee-([1-9][0-9]{0,17})-nic-[0-9]{1,4}");
    private static final Pattern VOLUME = Pattern.compile("(.+)-vee-([1-9][0-9]{0,17})-((disk|export)-[0-9]{1,4}\\.qcow2|seed\\.iso|arrived)");

    Site {
        Name.of("site", id);
    }

    String domain(VeeId vee) {
        return "reservoir-%s-%s".formatted(id, vee);
    }

    /** The same for the same site and VEE on every host (RFC 9562 version 3). */
    UUID uuid(VeeId vee) {
        return uuid(vee.toString());
    }

    /** Of a network or filter: libvirt takes a changed definition only under the uuid of the former. */
    UUID uuid(String what) {
        return UUID.nameUUIDFromBytes((NAMESPACE + ":" + id + ":" + what).getBytes(StandardCharsets.UTF_8));
    }

    Optional<VeeId> veeOfDomain(String name) {
        var prefix = "reservoir-%s-vee-".formatted(id);
        return name.startsWith(prefix) ? number(name.substring(prefix.length())).map(VeeId::new) : Optional.empty();
    }

    String network(NetworkId network) {
        return "reservoir-%s-%s".formatted(id, network);
    }

    String filter(SecurityGroupId group) {
        return "reservoir-%s-%s".formatted(id, group);
    }

    /** Of a pool that Reservoir defined, whichever site: by it, it is told from one of the name that somebody else did. */
    static UUID pool(String name) {
        return UUID.nameUUIDFromBytes((NAMESPACE + ":pool:" + name).getBytes(StandardCharsets.UTF_8));
    }

    /** The filter of one NIC: its addresses and its groups together. */
    String filter(VeeId vee, int nic) {
        return "reservoir-%s-%s-nic-%d".formatted(id, vee, nic);
    }

    String disk(VeeId vee, int disk) {
        return "%s-%s-disk-%d.qcow2".formatted(id, vee, disk);
    }

    /** A disk's copy on its way out. */
    String export(VeeId vee, int disk) {
        return "%s-%s-export-%d.qcow2".formatted(id, vee, disk);
    }

    String seed(VeeId vee) {
        return "%s-%s-seed.iso".formatted(id, vee);
    }

    /** Whose the volume is; empty for images and for what is not this site's. */
    Optional<VeeId> veeOfVolume(String volume) {
        return vee(VOLUME.matcher(volume));
    }

    /** Whose NIC the filter is for; empty for security groups and for what is not this site's. */
    Optional<VeeId> veeOfFilter(String filter) {
        return vee(FILTER.matcher(filter));
    }

    private Optional<VeeId> vee(Matcher match) {
        return match.matches() && match.group(1).equals(id) ? number(match.group(2)).map(VeeId::new) : Optional.empty();
    }

    static String image(ImageFile image) {
        return "image-%s.%s".formatted(image.digest(), image.format());
    }

    private static Optional<Long> number(String digits) {
        return digits.matches("[1-9][0-9]{0,17}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
    }
}
