package org.reservoir.site;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.border.Sharing;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Registry;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.FrameHearing;
import org.reservoir.monitoring.wire.LinkWords;
import org.reservoir.telemetry.nats.NatsIntake;
import org.reservoir.telemetry.nats.NatsOutlet;
import org.reservoir.telemetry.nats.NatsSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Option;

/** Has the servers of a site tell each other over NATS what each measures and hears, so that the rules of each see all. */
final class NatsShare implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NatsShare.class);
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int TELL_EVERY = 10;
    /** Turns. */
    private static final int PATIENCE = 10;
    private static final int WARN_EVERY = 600;

    private final Sharing sharing;
    private final Collector collector;
    private final NatsIntake intake;
    private final Thread loop = Thread.ofVirtual().name("nats").unstarted(this::run);

    /** Options of the site server. */
    static final class Options {
        @Option(names = "--nats", paramLabel = "URL", split = ",", description = {"NATS server over which the servers of this site share what they measure, such as nats://127.0.0.1:4222 or",
                "tls://nats.example.org:4222; several of a cluster with , between. Off loopback it needs --nats-key."})
        private List<URI> servers = List.of();
        @Option(names = "--nats-key", paramLabel = "FILE", description = "Key that the servers share and seal with, so that NATS itself reads nothing: 64 hexadecimal digits that none but their owner may read.")
        private Optional<Path> key = Optional.empty();
        @Option(names = "--nats-user", paramLabel = "NAME", description = "User at the NATS server; needs --nats-password.")
        private Optional<String> user = Optional.empty();
        @Option(names = "--nats-password", paramLabel = "FILE", description = "File with the user's password, which none but its owner may read.")
        private Optional<Path> password = Optional.empty();
        @Option(names = "--nats-trust", paramLabel = "FILE", description = "With tls: PEM certificates that vouch for the NATS server's; without it, those that this machine trusts.")
        private Optional<Path> trust = Optional.empty();
        @Option(names = "--nats-root", paramLabel = "WORD", defaultValue = "mon", description = "First word of all subjects, one for each site that uses the NATS server (${DEFAULT-VALUE}).")
        private String root;

        /** @throws Refused {@code BAD_NATS}, {@code KEY_REQUIRED}, {@code TLS_REQUIRED}, {@code KEY_OPEN}, {@code BAD_KEY} */
        Optional<NatsSettings> settings() {
            if (servers.isEmpty()) {
                return Optional.empty();
            }
            if (user.isPresent() != password.isPresent()) {
                throw Refused.invalid("BAD_NATS", "--nats-user and --nats-password belong together.", "Give both, or none.");
            }
            var login = user.map(name -> new NatsSettings.Login(name, LinkWords.secret(password.orElseThrow())));
            boolean encrypted = servers.stream().anyMatch(server -> "tls".equals(server.getScheme()));
            return Optional.of(new NatsSettings(servers, root, login, encrypted ? Optional.of(LinkWords.trusting(trust)) : Optional.empty(), key.map(LinkWords::key)));
        }
    }

    NatsShare(NatsSettings settings, Instruments.Gauges gauges) {
        sharing = new Sharing(new SourceId(new SecureRandom().nextLong()), source -> new NatsOutlet(settings, source, Optional.empty()));
        collector = new Collector(sharing.from(gauges.ears()), Sensors::now);
        intake = new NatsIntake(settings, List.of(Interest.ALL), collector, Optional.empty());
    }

    /** Told what this server measures and hears. */
    Sharing sharing() {
        return sharing;
    }

    /** What is known of what the others tell. */
    Registry registry() {
        return collector.registry();
    }

    FrameHearing.Counts frames() {
        return intake.counts();
    }

    boolean isConnected() {
        return intake.isConnected();
    }

    void start() {
        loop.start();
    }

    private void run() {
        boolean connected = false;
        for (int turn = 0; !Thread.currentThread().isInterrupted(); turn++) {
            try {
                collector.turn();
                if (turn % TELL_EVERY == 0) {
                    sharing.turn();
                }
                if (connected != intake.isConnected()) {
                    connected = !connected;
                    LOG.info(connected ? "shares measurements over NATS" : "NATS is away: what other servers measure is not known here until it is back");
                } else if (!connected && turn % WARN_EVERY == PATIENCE) {
                    LOG.warn("NATS cannot be reached, and what other servers measure is not known here: {}", intake.problem());
                }
                Thread.sleep(TURN);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) {
                LOG.warn("measurements cannot be shared: {}", trouble.toString());
            }
        }
    }

    @Override
    public void close() {
        loop.interrupt();
        intake.close();
        sharing.close();
    }
}
