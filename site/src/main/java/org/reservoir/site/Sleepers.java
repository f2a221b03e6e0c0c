package org.reservoir.site;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.reservoir.veem.host.Waking;

import picocli.CommandLine.Option;

/** How hosts that were put to sleep are woken: options of the site server. */
final class Sleepers {
    /** A program that takes longer than this is ended. */
    private static final Duration PROGRAM = Duration.ofSeconds(60);

    @Option(names = "--wake", paramLabel = "PROGRAM", description = {"Wakes a host that sleeps: called as PROGRAM NAME URI, it switches the host on (ipmitool, a management card)",
            "and exits with 0 when it could. Without it hosts are woken as host add … --option wake=MAC says."})
    private Optional<Path> program = Optional.empty();
    @Option(names = "--wake-timeout", paramLabel = "TIME", converter = LostForGood.Span.class, defaultValue = "5m",
            description = "How long a host may take to wake; one that takes longer is shown UNREACHABLE (${DEFAULT-VALUE}).")
    private Duration timeout;

    Waking waking() {
        return new Waking(program.map(path -> Waking.by(LostForGood.program("BAD_WAKE", path), PROGRAM)), timeout);
    }
}
