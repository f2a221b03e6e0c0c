package org.reservoir.site;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.UUID;

import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.lattice.LatticeIntake;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.wire.LinkWords;

import picocli.CommandLine.Option;

/** Where programs written for Lattice are heard: an option of the site server. */
final class LatticeOption {
    @Option(names = "--hear-lattice", paramLabel = "ADDRESS:PORT", description = {"Where producers written for Lattice are heard (UDP, its XDR messages with names or without); nowhere unless given,",
            "and on loopback alone, for these messages prove nothing."})
    private Optional<String> listen = Optional.empty();

    Optional<InetSocketAddress> at() {
        return listen.map(LinkWords::address);
    }

    static LatticeIntake open(InetSocketAddress at, Outlet outlet) {
        return new LatticeIntake(at, outlet, LatticeOption::service);
    }

    /** Lattice's ids have 128 bits: that of {@code service-7} is written 00000000-0000-0000-0000-000000000007. */
    static Optional<ServiceId> service(UUID id) {
        return id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() > 0 ? Optional.of(new ServiceId(id.getLeastSignificantBits())) : Optional.empty();
    }
}
