package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.HostFacts.Acceleration;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * What kind of hypervisor a host has and how guests run fastest on it, found out when first needed and again after each reconnection; what
 * the probe guest found holds until the host boots anew. The option {@code acceleration} ({@code kvm}, {@code emulated}, {@code auto}) wins over what is found.
 */
final class Platform {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Link link;
    private final Site site;
    private final Pool pool;
    private final Map<String, String> options;
    private final Optional<Shell> shell;
    private volatile Hypervisor hypervisor;
    private volatile DomainXml words;
    private volatile Acceleration acceleration;
    private volatile Rates.Way bounds;
    private Optional<Verdict> verdict = Optional.empty();

    /** What the probe guest found. Another boot may bring another kernel, and the host's processor times count from its boot. */
    private record Verdict(String capabilities, long ran, Acceleration acceleration) {
        boolean holds(String now, long ranNow) {
            return capabilities.equals(now) && ranNow >= ran;
        }
    }

    Platform(Link link, Site site, Pool pool, Map<String, String> options, Optional<Shell> shell) {
        this.link = link;
        this.site = site;
        this.pool = pool;
        this.options = options;
        this.shell = shell;
    }

    /** The host may have been changed while it was away. */
    synchronized void forget() {
        hypervisor = null;
        words = null;
        acceleration = null;
    }

    Hypervisor hypervisor() {
        var known = hypervisor;
        if (known == null) {
            known = Hypervisor.of(link.quick().type());
            hypervisor = known;
        }
        return known;
    }

    Acceleration acceleration() {
        words();
        return acceleration;
    }

    /** Who bounds the bandwidth of guests. */
    Rates.Way bounds() {
        words();
        return bounds;
    }

    DomainXml words() {
        var known = words;
        return known != null ? known : findOut();
    }

    private synchronized DomainXml findOut() {
        if (words == null) {
            var daemon = link.quick().within(PATIENCE);
            var text = daemon.capabilities();
            var capabilities = Xml.read(text);
            acceleration = switch (hypervisor()) {
                case QEMU -> chosen(daemon, text, capabilities);
                case TEST -> Acceleration.NONE;
                case XEN, ESX, VBOX -> Acceleration.NATIVE;
            };
            bounds = hypervisor() == Hypervisor.QEMU ? Rates.way(Optional.ofNullable(options.get("bandwidth")), shell) : Rates.Way.LIBVIRT;
            words = new DomainXml(site, hypervisor(), type(capabilities), Reports.architecture(capabilities), hypervisor() == Hypervisor.ESX ? pool.name() : pool.folder(), shares(), bounds == Rates.Way.LIBVIRT);
        }
        return words;
    }

    private Acceleration chosen(LibvirtConnection daemon, String text, Element capabilities) {
        var option = options.getOrDefault("acceleration", "auto");
        return switch (option) {
            case "kvm" -> Acceleration.KVM;
            case "emulated" -> Acceleration.EMULATED;
            case "auto" -> Reports.offers(capabilities, "kvm") ? probed(daemon, text) : Acceleration.EMULATED;
            default -> throw new HostFailure(Kind.REFUSED, "Option acceleration=%s is neither kvm, emulated nor auto.".formatted(option));
        };
    }

    private Acceleration probed(LibvirtConnection daemon, String capabilities) {
        long ran = daemon.processorTimes().values().stream().mapToLong(Long::longValue).sum();
        if (verdict.filter(known -> known.holds(capabilities, ran)).isEmpty()) {
            verdict = Optional.of(new Verdict(capabilities, ran, new Probe(site, pool).run(daemon)));
        }
        return verdict.orElseThrow().acceleration();
    }

    private String type(Element capabilities) {
        return switch (acceleration) {
            case KVM -> "kvm";
            case EMULATED -> "qemu";
            case NONE -> "test";
            case NATIVE -> Reports.firstOffered(capabilities)
                    .orElseThrow(() -> new HostFailure(Kind.UNSUPPORTED, "The host offers no fully virtualised guests of its own architecture: is its processors' virtualisation switched off?"));
        };
    }

    /** Weights need cgroups, which not every host has for guests; they are asked for where the administrator says so. */
    private boolean shares() {
        return options.getOrDefault("shares", "no").equals("yes");
    }
}
