package org.reservoir.manifest;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.kernel.DataSize;

/**
 * What a service provider hands in, in words of this house: components, what they are made of, in which order they start,
 * how many of each there may be and by which rules that changes. Source: DSP0243 (OVF) and the RESERVOIR extensions
 * ({@value RESERVOIR}).
 *
 * @param name       id of the outermost VirtualSystemCollection or VirtualSystem
 * @param version    of OVF: {@code 0.9}, {@code 1} or {@code 2}; {@code ?} when the envelope's namespace is none of DMTF's
 * @param components in document order
 * @param kept       sections of the envelope and its collections that no other field speaks of
 */
public record Manifest(String name, String version, List<File> files, List<Disk> disks, List<Network> networks, List<Component> components,
                       List<Kpi> kpis, List<Affinity> affinities, List<Licence> licences, List<Kept> kept) {
    /** Namespace of the RESERVOIR extensions. */
    public static final String RESERVOIR = "http://schemas.telefonica.com/claudia/ovf";

    public Manifest {
        files = List.copyOf(files);
        disks = List.copyOf(disks);
        networks = List.copyOf(networks);
        components = List.copyOf(components);
        kpis = List.copyOf(kpis);
        affinities = List.copyOf(affinities);
        licences = List.copyOf(licences);
        kept = List.copyOf(kept);
    }

    public Optional<Component> component(String id) {
        return components.stream().filter(c -> c.id().equals(id)).findFirst();
    }

    public Optional<Disk> disk(String id) {
        return disks.stream().filter(d -> d.id().equals(id)).findFirst();
    }

    public Optional<File> file(String id) {
        return files.stream().filter(f -> f.id().equals(id)).findFirst();
    }

    /** Names of the licences of which each replica of the component needs a seat. */
    public List<String> licences(Component component) {
        return licences.stream().filter(licence -> licence.components().contains(component.id())).map(Licence::name).distinct().toList();
    }

    /** The startup orders that occur, ascending. Components of one order start together. */
    public List<Integer> orders() {
        return components.stream().map(c -> c.startup().order()).distinct().sorted().toList();
    }

    Stream<Component.Property> properties() {
        return components.stream().flatMap(c -> c.properties().stream());
    }

    /** @param digest hexadecimal ({@code rsrvr:digest}; MD5 in RESERVOIR's manifests) */
    public record File(String id, String href, Optional<DataSize> size, Optional<String> digest, int line) {}

    /** @param capacity as declared, which may be more than the file holds; empty when it cannot be understood */
    public record Disk(String id, Optional<String> file, Optional<DataSize> capacity, Optional<String> format, int line) {}

    /** @param open whether it is to be reached from outside ({@code rsrvr:public}) */
    public record Network(String name, String description, boolean open, int line) {}

    /** @param type {@code AGENT} (the guests tell it; the default) or {@code VEEHW} (measured from outside) */
    public record Kpi(String name, String type, int line) {}

    /**
     * @param together affinity when true, anti-affinity when false
     * @param scope    {@code physical}, {@code datacenter} or {@code domain}
     */
    public record Affinity(boolean together, String scope, List<String> components, int line) {
        public Affinity {
            components = List.copyOf(components);
        }
    }

    /** A licence that the site has to have a seat of for each replica of these components. An extension of our own, written as {@code AffinitySection} is. */
    public record Licence(String name, List<String> components, int line) {
        public Licence {
            components = List.copyOf(components);
        }
    }

    /** A section as it stood. @param path of its parent */
    public record Kept(String path, Element section) {}
}
