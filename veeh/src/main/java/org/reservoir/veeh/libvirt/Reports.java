package org.reservoir.veeh.libvirt;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFacts.Feature;
import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostReading;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainCalls;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.HostCalls;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.libvirtrpc.Volume;

/** What a host tells of itself and its guests, in our words. */
record Reports(Site site, Pool pool) {
    HostFacts facts(LibvirtConnection daemon, Platform platform, boolean shell, Map<String, String> options) {
        var capabilities = Xml.read(daemon.capabilities());
        var node = daemon.node();
        var version = daemon.version();
        var name = "%s %d.%d.%d".formatted(daemon.type(), version / 1_000_000, version / 1000 % 1000, version % 1000);
        var capacity = new Capacity(Cpus.of(node.cpus()), new DataSize(node.memoryKib() << 10), new DataSize(pool.space(daemon).capacity()));
        return new HostFacts(daemon.hostname(), name, architecture(capabilities), node.cpus(), capacity, platform.acceleration(),
                features(platform.hypervisor(), shell, sleep(capabilities).isPresent()), labels(capabilities, platform, options));
    }

    /** One user's own libvirtd says the same of its machine as that of another user. */
    private static final String OF_A_USER = "/session";

    /** Which libvirtd on which machine: the driver's own part of it, as its path says, the UUID of the host and its name, for machines exist that share one UUID. */
    static Optional<String> identity(LibvirtConnection daemon, String path) {
        return OF_A_USER.equals(path) ? Optional.empty() : Xml.textAt(Xml.read(daemon.capabilities()), "host", "uuid")
                .map(uuid -> "%s %s %s %s".formatted(daemon.type(), path, uuid, daemon.hostname()));
    }

    static String architecture(Element capabilities) {
        return Xml.textAt(capabilities, "host", "cpu", "arch").orElse("x86_64");
    }

    /** Whether the host says that it can run guests of its own architecture by this kind of domain. */
    static boolean offers(Element capabilities, String domainType) {
        return offered(capabilities).anyMatch(domainType::equals);
    }

    /** The first kind of domain that the host offers for its own architecture. */
    static Optional<String> firstOffered(Element capabilities) {
        return offered(capabilities).findFirst();
    }

    /** Kinds of domain for fully virtualised guests of the host's own architecture: Xen tells paravirtualised ones and ESX 32-bit ones first. */
    private static Stream<String> offered(Element capabilities) {
        var architecture = architecture(capabilities);
        return Xml.children(capabilities, "guest").stream().filter(guest -> Xml.textAt(guest, "os_type").filter("hvm"::equals).isPresent())
                .flatMap(guest -> Xml.children(guest, "arch").stream())
                .filter(arch -> arch.getAttribute("name").equals(architecture)).flatMap(arch -> Xml.children(arch, "domain").stream())
                .map(domain -> domain.getAttribute("type"));
    }

    private static Set<Feature> features(Hypervisor hypervisor, boolean shell, boolean sleep) {
        var features = switch (hypervisor) {
            case QEMU -> EnumSet.allOf(Feature.class);
            case TEST -> EnumSet.of(Feature.SNAPSHOTS);
            case XEN -> EnumSet.of(Feature.CONSOLE);
            case ESX, VBOX -> EnumSet.noneOf(Feature.class);
        };
        if (!shell) {
            features.remove(Feature.OVERLAYS);
        }
        if (sleep) {
            features.add(Feature.SLEEP);
        } else {
            features.remove(Feature.SLEEP);
        }
        return features;
    }

    /** How the host says that it can sleep, the soonest awake first. */
    static Optional<HostCalls.Sleep> sleep(Element capabilities) {
        return Stream.of(HostCalls.Sleep.MEM, HostCalls.Sleep.HYBRID, HostCalls.Sleep.DISK)
                .filter(depth -> Xml.at(capabilities, "host", "power_management", "suspend_" + depth.name().toLowerCase(Locale.ROOT)).isPresent()).findFirst();
    }

    private static Map<String, String> labels(Element capabilities, Platform platform, Map<String, String> options) {
        var labels = new HashMap<String, String>();
        if (platform.hypervisor() == Hypervisor.QEMU) {
            labels.put("bandwidth", platform.bounds().name().toLowerCase(Locale.ROOT));
        }
        Xml.textAt(capabilities, "host", "cpu", "model").ifPresent(model -> labels.put("cpu_model", model));
        Xml.textAt(capabilities, "host", "cpu", "vendor").ifPresent(vendor -> labels.put("cpu_vendor", vendor));
        options.forEach((key, value) -> {
            if (key.startsWith("label.")) {
                labels.put(key.substring("label.".length()), value);
            }
        });
        return labels;
    }

    // ---- the guests

    Census census(LibvirtConnection daemon) {
        var stats = stats(daemon, Flags.STATS_STATE);
        var saved = daemon.domains(Flags.LIST_MANAGEDSAVE).stream().map(Domain::uuid).collect(Collectors.toSet());
        var ours = new ArrayList<Future<Census.Sighting>>();
        var strangers = new ArrayList<Future<Census.Stranger>>();
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : stats) {
                var state = States.of((int) one.number("state.state"), (int) one.number("state.reason"), saved.contains(one.domain().uuid()));
                site.veeOfDomain(one.domain().name()).ifPresentOrElse(
                        vee -> ours.add(each.submit(() -> sighting(daemon, vee, one, state))),
                        () -> strangers.add(each.submit(() -> new Census.Stranger(one.domain().name(), state, uses(daemon, one.domain())))));
            }
        }
        var volumes = listed(() -> pool.listed(daemon));
        boolean shared = pool.isShared(volumes);
        var remains = remains(daemon, shared ? List.of() : volumes); // else they may be of guests that run elsewhere
        var seen = shared ? owners(listed(() -> pool.sharedFiles(daemon))).collect(Collectors.toSet()) : new HashSet<VeeId>();
        stats.forEach(one -> site.veeOfDomain(one.domain().name()).ifPresent(vee -> {
            remains.remove(vee);
            seen.remove(vee);
        }));
        return new Census(got(ours), remains, seen, got(strangers));
    }

    private static Census.Sighting sighting(LibvirtConnection daemon, VeeId vee, DomainCalls.Stats stats, GuestState state) {
        boolean unexplained = state == GuestState.SHUT_OFF && States.isUnexplained((int) stats.number("state.reason"));
        return new Census.Sighting(vee, Generations.newest(daemon, stats.domain()), state, unexplained);
    }

    private Set<VeeId> remains(LibvirtConnection daemon, List<Volume> files) {
        var filters = listed(daemon::filters).stream().flatMap(name -> site.veeOfFilter(name).stream());
        return Stream.concat(filters, owners(files)).collect(Collectors.toSet());
    }

    private Stream<VeeId> owners(List<Volume> files) {
        return files.stream().flatMap(volume -> site.veeOfVolume(volume.name()).stream());
    }

    /** What cannot be listed now, as of a pool that somebody stopped, is listed another time: guests are told all the same. */
    private static <T> List<T> listed(Supplier<List<T>> listing) {
        try {
            return listing.get();
        } catch (HostFailure failure) {
            if (failure.kind() == HostFailure.Kind.UNREACHABLE || failure.kind() == HostFailure.Kind.TIMED_OUT) {
                throw failure;
            }
            return List.of();
        }
    }

    private static <T> List<T> got(List<Future<T>> answers) {
        return answers.stream().map(Reports::got).flatMap(List::stream).toList();
    }

    /** A guest that went away between the listing and the question is not there. */
    private static <T> List<T> got(Future<T> answer) {
        try {
            return List.of(answer.get());
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof HostFailure failure && failure.kind() == HostFailure.Kind.NO_SUCH_GUEST) {
                return List.of();
            }
            throw failed.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failed);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new HostFailure(HostFailure.Kind.TIMED_OUT, "Interrupted in a census.", interruption);
        }
    }

    /** As libvirtd knows it without asking the guest. */
    private static Capacity uses(LibvirtConnection daemon, Domain domain) {
        if (!domain.active()) {
            return Capacity.NONE;
        }
        var info = daemon.info(domain);
        return new Capacity(Cpus.of(info.vcpus()), new DataSize(info.memoryKib() << 10), DataSize.ZERO);
    }

    HostReading reading(LibvirtConnection daemon, Instant now) {
        var cpu = Poor.ask(daemon::processorTimes).orElse(Map.of());
        var stats = stats(daemon, Flags.STATS_STATE | Flags.STATS_INTERFACE);
        return new HostReading(now, cpu.getOrDefault("kernel", 0L) + cpu.getOrDefault("user", 0L), freeMemory(daemon),
                new DataSize(pool.space(daemon).available()), guests(daemon, stats));
    }

    private static DataSize freeMemory(LibvirtConnection daemon) {
        return Poor.ask(daemon::memoryStats).map(memory -> memory.getOrDefault("free", 0L) + memory.getOrDefault("buffers", 0L) + memory.getOrDefault("cached", 0L))
                .map(kib -> new DataSize(kib << 10)).or(() -> Poor.ask(daemon::freeMemory).map(DataSize::new)).orElse(DataSize.ZERO);
    }

    /** Processor time is asked of each: where QEMU tells how often it polled in vain (7.1 and later), libvirtd waits for it when all are asked at once. */
    private List<HostReading.GuestReading> guests(LibvirtConnection daemon, List<DomainCalls.Stats> stats) {
        var ours = stats.stream().filter(one -> one.domain().active() && site.veeOfDomain(one.domain().name()).isPresent()).toList();
        var infos = daemon.infos(ours.stream().map(DomainCalls.Stats::domain).toList());
        return ours.stream().filter(one -> infos.containsKey(one.domain().uuid())).map(one -> new HostReading.GuestReading(site.veeOfDomain(one.domain().name()).orElseThrow(),
                one.number("state.state") == Flags.STATE_RUNNING, infos.get(one.domain().uuid()).cpuTime(), sum(one, "net", "rx.bytes"), sum(one, "net", "tx.bytes"))).toList();
    }

    /** @param groups for which libvirtd asks no guest's process: NOWAIT does not wait for another's question to it, but for the answer to its own */
    private static List<DomainCalls.Stats> stats(LibvirtConnection daemon, int groups) {
        return Poor.ask(() -> daemon.stats(groups, Flags.STATS_NOWAIT)).orElseGet(() -> Poor.stats(daemon));
    }

    static long sum(DomainCalls.Stats stats, String kind, String what) {
        long sum = 0;
        for (int i = 0; i < stats.number(kind + ".count"); i++) {
            sum += stats.number(kind + "." + i + "." + what);
        }
        return sum;
    }
}
