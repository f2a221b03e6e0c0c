package org.reservoir.veem.host;

import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.kept.Fleet;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.WiringTable;
import org.reservoir.veem.work.Farewell;

/** On what terms a host is taken or kept otherwise: that what is said of it is sound, that it is not known already, and that it answers. Writes nothing. */
final class HostTerms {
    private static final int MOST_PROMISED = 1000;
    /** Begins the options that become facts of the host. */
    private static final String LABEL = "label.";
    private static final Pattern PASSWORD = Pattern.compile("[^:/]+://[^/@]*:[^/@]*@.*");

    private final Fleet fleet;

    HostTerms(Fleet fleet) {
        this.fleet = fleet;
    }

    void requireSound(HostRequest request) {
        requireFactor(request, "CPU", request.cpuFactor());
        requireFactor(request, "memory", request.memoryFactor());
        if (PASSWORD.matcher(request.uri()).matches()) {
            throw Refused.invalid("BAD_HOST_URI", "The URI of host %s holds a password, which everybody would be shown.".formatted(request.name()),
                    "Let this site in by a key or a certificate; see docs/reference/hosts.md.");
        }
        var known = new TreeSet<>(fleet.options(request));
        known.add(WiringTable.VTEP);
        request.options().keySet().stream().filter(option -> !known.contains(option) && !option.startsWith(LABEL)).sorted().findFirst().ifPresent(option -> {
            throw Refused.invalid("BAD_HOST_OPTION", "Host %s: there is no option '%s' for %s.".formatted(request.name(), option, request.uri()),
                    "Options are %s and %sNAME; see docs/reference/hosts.md.".formatted(String.join(", ", known), LABEL));
        });
    }

    private static void requireFactor(HostRequest request, String what, double factor) {
        if (!(factor > 0 && factor <= MOST_PROMISED)) {
            throw Refused.invalid("BAD_OVERCOMMIT", "Host %s: its %s cannot be promised %s times.".formatted(request.name(), what, factor), "Give a factor above 0 and up to %d; 1 means no overcommit.".formatted(MOST_PROMISED));
        }
    }

    /** @throws Refused {@code BAD_RESERVE} when the host would keep all that it has for itself */
    static void requireLeft(HostRequest request, HostFacts facts) {
        requireLeft(request.name(), "CPUs", request.cpuReserve(), facts.capacity().cpu(), Cpus.ZERO);
        requireLeft(request.name(), "memory", request.memoryReserve(), facts.capacity().memory(), DataSize.ZERO);
    }

    private static <T extends Comparable<T>> void requireLeft(String host, String what, T reserve, T has, T none) {
        if (reserve.compareTo(none) > 0 && reserve.compareTo(has) >= 0) {
            throw Refused.invalid("BAD_RESERVE", "Host %s: %s of its %s %s would be kept for itself, and none left for VEEs.".formatted(host, reserve, has, what),
                    "Reserve less; a host that is to take no VEEs is disabled: reservoir host disable " + host);
        }
    }

    static void requireFree(Handle sql, HostRequest request, Optional<String> identity) {
        HostTable.like(sql, request, identity).ifPresent(host -> {
            if (host.name().equals(request.name())) {
                throw Refused.conflict("HOST_NAME_TAKEN", "There is a host called '%s' already.".formatted(request.name()), "Choose another name.");
            }
            if (host.request().uri().equals(request.uri())) {
                throw Refused.conflict("HOST_ADDED_ALREADY", "%s is host '%s' already.".formatted(request.uri(), host.name()), "See: reservoir host show " + host.name());
            }
            throw Refused.conflict("HOST_ADDED_ALREADY", "%s is host '%s' already, which was added as %s.".formatted(request.uri(), host.name(), host.request().uri()),
                    "If it is another machine, give its libvirtd a host_uuid of its own (in /etc/libvirt/libvirtd.conf); guests cannot move between two that say the same.");
        });
    }

    /** Who answers there. */
    Optional<String> identity(HostRequest request) {
        return reach(request, "added", () -> fleet.identity(request));
    }

    /** What the host is that is to be added. Nothing of us stays there when that cannot be told. */
    HostFacts tryOut(HostRequest request) {
        return reach(request, "added", () -> {
            try (var host = fleet.tryOut(request)) {
                try {
                    fleet.wakes(request);
                    var facts = host.facts();
                    requireLeft(request, facts);
                    return facts;
                } catch (HostFailure | Refused failure) {
                    Farewell.leave(host, request.uri());
                    throw failure;
                }
            }
        });
    }

    /** What the host is with its options to be, when they are others than before. Of one that does not answer that is asked when it is back. */
    Optional<HostFacts> tryChanged(HostTable.HostRecord host, HostRequest request) {
        requireSound(request);
        if (!host.request().name().equals(request.name()) || !host.request().uri().equals(request.uri())) {
            throw Refused.invalid("BAD_REQUEST", "The name and URI of a host stay as they are.", "Remove it and add it anew.");
        }
        if (host.request().options().equals(request.options())) {
            return Optional.empty();
        }
        requireLasting(host.request(), request);
        return reach(request, "changed", () -> {
            fleet.wakes(request);
            if (host.state() == Host.State.UNREACHABLE || host.state().drowsy()) {
                return Optional.empty();
            }
            try (var connection = fleet.tryOut(request)) {
                return Optional.of(connection.facts());
            }
        });
    }

    private void requireLasting(HostRequest before, HostRequest after) {
        fleet.lastingOptions(after).stream().filter(option -> !Optional.ofNullable(before.options().get(option)).equals(Optional.ofNullable(after.options().get(option))))
                .sorted().findFirst().ifPresent(option -> {
                    throw Refused.invalid("BAD_HOST_OPTION", "Host %s: option '%s' stays as it is: what the host has of this site is found by it.".formatted(after.name(), option), "Remove the host and add it anew.");
                });
    }

    private static <T> T reach(HostRequest request, String what, Supplier<T> asking) {
        try {
            return asking.get();
        } catch (HostFailure failure) {
            if (failure.kind() == HostFailure.Kind.REFUSED || failure.kind() == HostFailure.Kind.UNSUPPORTED) {
                throw Refused.invalid("HOST_NOT_USABLE", "Host %s is not %s: %s".formatted(request.name(), what, failure.getMessage()), "See docs/reference/hosts.md for addresses and options.");
            }
            if (failure.kind() == HostFailure.Kind.NOT_LET_IN) {
                throw Refused.conflict("HOST_REFUSES", "Host %s is not %s: it answers and does not let this site in: %s".formatted(request.name(), what, failure.getMessage()),
                        "Let the user of this site connect there (auth_tcp or polkit in its libvirtd.conf, the TLS client certificate, the ssh key and host key) and see that libvirt has that driver; try: virsh -c '%s' version".formatted(request.uri()));
            }
            throw Refused.unavailable("HOST_UNREACHABLE", "Host %s is not %s: %s".formatted(request.name(), what, failure.getMessage()),
                    "Check that libvirt runs there and that this site may connect; try: virsh -c '%s' version".formatted(request.uri()));
        }
    }
}
