package org.reservoir.veeh.libvirt;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainCalls;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * What is done with drivers that lack what QEMU's has: Xen, ESX and VirtualBox tell of their guests one by one, and some tell nothing of
 * the host's own load. A host is not refused for what it cannot say.
 */
final class Poor {
    private Poor() {}

    /** Empty when the driver cannot. */
    static <T> Optional<T> ask(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (HostFailure failure) {
            if (failure.kind() == HostFailure.Kind.UNSUPPORTED) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** The figures that every driver has, by the names of the bulk statistics. */
    static List<DomainCalls.Stats> stats(LibvirtConnection daemon) {
        return daemon.domains(0).stream().map(domain -> stats(daemon, domain)).toList();
    }

    static DomainCalls.Stats stats(LibvirtConnection daemon, Domain domain) {
        return new DomainCalls.Stats(domain, figures(daemon, domain));
    }

    private static Map<String, Object> figures(LibvirtConnection daemon, Domain domain) {
        var state = daemon.state(domain);
        var info = daemon.info(domain);
        return Map.of("state.state", state.state(), "state.reason", state.reason(), "cpu.time", info.cpuTime(), "balloon.current", info.memoryKib(),
                "balloon.rss", info.memoryKib(), "vcpu.current", info.vcpus());
    }
}
