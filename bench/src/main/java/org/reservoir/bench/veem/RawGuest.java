package org.reservoir.bench.veem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * What Reservoir's guest comes to in libvirt's own terms, read from a host that runs it: its definition, its disks and its seed. With these
 * the same guest is made again under another name, by the calls that cannot be done without and nothing around them.
 *
 * @param vee the guest of the site that is copied: {@code vee-1}
 * @param xml the definition as libvirt keeps it
 */
record RawGuest(String vee, String xml, List<Clone> disks, byte[] seed) {
    private static final String POOL = "reservoir";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern CAPACITY = Pattern.compile("<capacity[^>]*>(\\d+)<");
    private static final Pattern BACKING = Pattern.compile("<backingStore>\\s*<path>([^<]+)<");

    /** A copy-on-write disk over a qcow2 image. */
    private record Clone(String file, String capacity, String image) {
        String xml(String name) {
            return """
                    <volume><name>%s</name><capacity>%s</capacity><allocation>0</allocation><target><format type='qcow2'/></target>
                    <backingStore><path>%s</path><format type='qcow2'/></backingStore></volume>""".formatted(name, capacity, image);
        }
    }

    static RawGuest of(LibvirtConnection host, String vee) throws IOException {
        var disks = new ArrayList<Clone>();
        for (var volume : host.volumes(POOL)) {
            if (volume.name().startsWith(prefix(vee)) && volume.name().endsWith(".qcow2")) {
                var xml = host.volumeXml(volume);
                disks.add(new Clone(volume.name(), found(CAPACITY, xml), found(BACKING, xml)));
            }
        }
        var domain = host.domains(0).stream().filter(each -> each.name().endsWith("-" + vee)).findFirst().orElseThrow();
        try (var seed = host.download(host.volume(POOL, prefix(vee) + "seed.iso").orElseThrow(), 0, 0)) {
            return new RawGuest(vee, host.xml(domain, Flags.XML_INACTIVE), List.copyOf(disks), seed.readAllBytes());
        }
    }

    private static String found(Pattern pattern, String xml) {
        return pattern.matcher(xml).results().findFirst().orElseThrow(() -> new IllegalStateException("no %s in %s".formatted(pattern, xml))).group(1);
    }

    private static String prefix(String vee) {
        return RealSite.NAME + "-" + vee + "-";
    }

    /** Makes it and starts it; returns when it runs. */
    void start(LibvirtConnection host, String name) {
        var daemon = host.within(PATIENCE);
        disks.forEach(disk -> daemon.createVolume(POOL, disk.xml(renamed(disk.file(), name))).orElseThrow());
        putSeed(host, name);
        var domain = daemon.define(renamed(xml.replaceFirst("<uuid>[^<]*", "<uuid>" + UUID.randomUUID()), name));
        daemon.create(domain, Flags.START_FORCE_BOOT);
        if (daemon.state(domain).state() != Flags.STATE_RUNNING) {
            throw new IllegalStateException("%s does not run".formatted(name));
        }
    }

    void putSeed(LibvirtConnection host, String name) {
        var iso = host.createVolume(POOL, "<volume><name>%s</name><capacity>%d</capacity><target><format type='raw'/></target></volume>"
                .formatted(renamed(prefix(vee) + "seed.iso", name), seed.length)).orElseThrow();
        host.upload(iso, 0, seed.length, new ByteArrayInputStream(seed));
    }

    private String renamed(String words, String name) {
        return words.replace("reservoir-%s-%s<".formatted(RealSite.NAME, vee), domain(name) + "<").replace(prefix(vee), domain(name) + "-");
    }

    static String domain(String name) {
        return "raw-" + name;
    }

    /** Takes away whatever of it there is on the host. */
    static void remove(LibvirtConnection host, String name) {
        var daemon = host.within(PATIENCE);
        daemon.domains(0).stream().filter(each -> each.name().equals(domain(name))).forEach(domain -> {
            daemon.destroy(domain);
            daemon.undefine(domain, Flags.UNDEFINE_ALL);
        });
        removeFiles(host, name);
    }

    /** Its disks and its seed. */
    static void removeFiles(LibvirtConnection host, String name) {
        host.volumes(POOL).stream().filter(volume -> volume.name().startsWith(domain(name) + "-")).forEach(host::deleteVolume);
    }
}
