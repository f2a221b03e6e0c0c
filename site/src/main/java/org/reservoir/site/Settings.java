package org.reservoir.site;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.reservoir.alarms.InternetPost;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.history.HistoryPolicy;
import org.reservoir.placement.Policy;
import org.reservoir.placement.search.Solvers;
import org.reservoir.servicemanager.AdmissionRules;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.telemetry.nats.NatsSettings;
import org.reservoir.telemetry.push.Push;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.kept.LeaseRules;

/**
 * How a site is run.
 *
 * @param name     of the site, for people and in its guests' names on hosts
 * @param data     folder of the site
 * @param database its own, or somebody else's
 * @param rest     where it listens
 * @param imports  folders from which images may be imported
 * @param policy   of first placement
 * @param spanning whether networks made for services span hosts
 * @param worker   name of this server among those of the site; no two that run have the same
 * @param keeping  how hosts are looked after, and what becomes of those that are lost
 * @param leases   how leases of VEEs are planned
 * @param plugins  jars that join it while it runs
 * @param admission which services must be admitted before they are taken in
 * @param solver   of reviews of the placement, by name
 * @param measuring who keeps and is told what is measured
 */
public record Settings(String name, Path data, DatabaseSettings database, RestOptions rest, List<Path> imports, Policy policy, boolean spanning, String worker,
                       Keeping keeping, LeaseRules leases, PluginFolder plugins, AdmissionRules admission, String solver, Measuring measuring) {
    public Settings {
        imports = List.copyOf(imports);
    }

    /** Hosts are looked after, and leases planned, as usual. */
    public Settings(String name, Path data, DatabaseSettings database, RestOptions rest, List<Path> imports, Policy policy, boolean spanning, String worker) {
        this(name, data, database, rest, imports, policy, spanning, worker, Keeping.USUAL, LeaseRules.USUAL, PluginFolder.in(data), AdmissionRules.USUAL,
                Solvers.LNS, Measuring.in(data.resolve("history").resolve(worker)));
    }

    Settings measuring(UnaryOperator<Measuring> change) {
        return new Settings(name, data, database, rest, imports, policy, spanning, worker, keeping, leases, plugins, admission, solver, change.apply(measuring));
    }

    /**
     * @param history who keeps what is measured
     * @param pushes  who else is sent it
     * @param mail    by which alarms are mailed
     * @param agents  where agents on hosts are heard; empty for nowhere
     * @param lattice where producers written for Lattice are heard; empty for nowhere
     * @param nats    over which the servers of the site share what they measure; empty when there is one
     */
    public record Measuring(HistoryChoice history, List<Push.Target> pushes, Optional<InternetPost.MailServer> mail, Optional<AgentLink.Ends> agents, Optional<InetSocketAddress> lattice, Optional<NatsSettings> nats) {
        public Measuring {
            pushes = List.copyOf(pushes);
        }

        static Measuring in(Path history) {
            return new Measuring(new HistoryChoice.Folder(history, HistoryPolicy.USUAL), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }

        Measuring keeping(HistoryChoice other) {
            return new Measuring(other, pushes, mail, agents, lattice, nats);
        }

        Measuring hearing(AgentLink.Ends ends) {
            return new Measuring(history, pushes, mail, Optional.of(ends), lattice, nats);
        }

        Measuring sharing(NatsSettings over) {
            return new Measuring(history, pushes, mail, agents, lattice, Optional.of(over));
        }

        Measuring hearingLattice(InetSocketAddress at) {
            return new Measuring(history, pushes, mail, agents, Optional.of(at), nats);
        }
    }

    /** @param jars     folder of the jars @param signers file with the fingerprints of the certificates whose jars are taken, one a line */
    public record PluginFolder(Path jars, Path signers) {
        static PluginFolder in(Path data) {
            return new PluginFolder(data.resolve("plugins"), data.resolve("plugin-signers"));
        }
    }

    /** A site with its own database below {@code data}, listening on loopback. @param port 0 for any free one */
    public static Settings in(Path data, int port) {
        return new Settings("site", data, DatabaseSettings.Managed.in(data.resolve("database"), data.resolve("programs")), RestOptions.on("127.0.0.1", port),
                List.of(data.resolve("import")), Policy.STRIPING, false, "server-1");
    }
}
