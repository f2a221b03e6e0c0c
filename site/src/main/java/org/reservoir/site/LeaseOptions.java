package org.reservoir.site;

import java.time.Duration;

import org.reservoir.placement.lease.LeaseSettings;
import org.reservoir.placement.lease.LeaseSettings.Queueing;
import org.reservoir.veem.kept.LeaseRules;

import picocli.CommandLine.Option;

/**
 * How leases are planned: options of the site server. How long what they do to VEEs is expected to take (too short, and a lease begins late; too long, and room lies idle),
 * and in which order they wait.
 */
final class LeaseOptions {
    @Option(names = "--suspend-rate", paramLabel = "MB/S", defaultValue = "64", description = "Leases: how fast a host writes a VEE's memory to its disk (${DEFAULT-VALUE}).")
    private double suspend;
    @Option(names = "--resume-rate", paramLabel = "MB/S", defaultValue = "64", description = "Leases: how fast a host reads it (${DEFAULT-VALUE}).")
    private double resume;
    @Option(names = "--transfer-rate", paramLabel = "MBIT/S", defaultValue = "400", description = "Leases: how fast saved VEEs travel between hosts (${DEFAULT-VALUE}).")
    private double transfer;
    @Option(names = "--shutdown-time", paramLabel = "TIME", converter = LostForGood.Span.class, defaultValue = "10s",
            description = "Leases: kept after each for its guests to shut down (${DEFAULT-VALUE}).")
    private Duration shutdown;
    @Option(names = "--suspended-leases", paramLabel = "WHERE", defaultValue = "arrival", description = {"Leases: where those wait that were suspended to make room: arrival (where their arrival puts them,",
            "before those that came later) or last (behind those that wait then) (${DEFAULT-VALUE})."})
    private Place suspended;

    enum Place {
        arrival(Queueing.BY_ARRIVAL), last(Queueing.SUSPENDED_LAST);

        private final Queueing order;

        Place(Queueing order) {
            this.order = order;
        }
    }

    LeaseRules rules() {
        var usual = LeaseRules.USUAL;
        var settings = usual.settings();
        return new LeaseRules(settings.suspending(LeaseSettings.Suspension.ALL, suspend, resume, LeaseSettings.Exclusion.LOCAL).migrating(LeaseSettings.Migration.YES, transfer)
                .taking(shutdown.toSeconds(), settings.enactmentOverhead()).queueing(suspended.order), usual.policies(), usual.patience());
    }
}
