package org.reservoir.site;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Audit;
import org.reservoir.monitoring.plane.Controlled;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.wire.FrameHearing;
import org.reservoir.monitoring.wire.LinkWords;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.monitoring.wire.TcpIntake;
import org.reservoir.monitoring.wire.UdpController;
import org.reservoir.monitoring.wire.UdpIntake;
import org.reservoir.store.SiteDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Option;

/**
 * Hears the agents on hosts, in datagrams and over connections, and gives them orders. All that passes is sealed with a key that each
 * agent has alone; connections are besides under TLS when the site has a certificate. What is for accounting goes into the inbox.
 */
final class AgentLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLink.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final SiteVoices voices;
    private final UdpIntake datagrams;
    private final TcpIntake connections;
    private final UdpController controller;
    private final Audit audit;
    private final Strangers strangers;

    /**
     * Where agents are heard.
     *
     * @param secret file of the secret from which all keys are derived; made when it is not there
     * @param tls    the site's certificate, if it has one
     */
    record Ends(InetSocketAddress listen, Path secret, Optional<RestOptions.Tls> tls) {}

    /** Options of the site server. */
    static final class Options {
        @Option(names = "--hear-agents", paramLabel = "ADDRESS:PORT", description = {"Where agents on hosts are heard, sealed: datagrams (UDP) and connections (TCP, under",
                "--tls-certificate when there is one); nowhere unless given. See 'reservoir agent add'."})
        private Optional<String> listen = Optional.empty();
        @Option(names = "--agent-key", paramLabel = "FILE", description = {"The secret from which the keys of agents are derived, the same for all servers of the site: 64 hexadecimal",
                "digits that none but their owner may read (DIR/agent.secret of the site's folder, made when it is not there)."})
        private Optional<Path> key = Optional.empty();

        Optional<Ends> ends(Path data, Optional<RestOptions.Tls> tls) {
            return listen.map(text -> new Ends(LinkWords.address(text), key.orElse(data.resolve("agent.secret")), tls));
        }
    }

    /** @throws Refused {@code PORT_TAKEN}, {@code BAD_KEY}, {@code KEY_OPEN} */
    AgentLink(Ends ends, Spool inbox, Function<SiteVoices.Entry, SiteVoices.Ear> ears, SiteDatabase database, Audit audit, InstantSource clock) {
        this.audit = audit;
        this.strangers = new Strangers(clock);
        this.voices = new SiteVoices(database, secret(ends.secret()), clock, ears);
        this.datagrams = new UdpIntake(ends.listen(), voices);
        this.connections = new TcpIntake(ends.listen(), ends.tls().map(RestOptions.Tls::context), voices, Optional.of(inbox), strangers);
        this.controller = new UdpController(voices::agentKey, PATIENCE);
    }

    private static byte[] secret(Path file) {
        if (Files.notExists(file)) {
            var secret = new byte[32];
            new SecureRandom().nextBytes(secret);
            Site.keep(file, HexFormat.of().formatHex(secret));
        }
        return LinkWords.key(file);
    }

    SiteVoices voices() {
        return voices;
    }

    /** What came for it, in datagrams and over connections: those that could not show who they are count as forged. */
    FrameHearing.Counts frames() {
        var loose = datagrams.counts();
        var connected = connections.counts();
        return new FrameHearing.Counts(loose.frames() + connected.frames(), loose.forged() + connected.refused(), loose.repeated(), loose.senseless() + connected.senseless(), loose.missing());
    }

    /** Whose connections were refused. */
    Strangers strangers() {
        return strangers;
    }

    /** How an agent is given orders; empty when it says no address for them. */
    Optional<Controlled> controlled(SourceInfo info) {
        try {
            return info.orders().isEmpty() ? Optional.empty() : Optional.of(audited(controller.source(info.id(), LinkWords.address(info.orders()))));
        } catch (Refused unusable) { // it says an address that nobody knows here
            return Optional.empty();
        }
    }

    private Controlled audited(Controlled agent) {
        return new Controlled() {
            @Override
            public SourceId id() {
                return agent.id();
            }

            @Override
            public Answer apply(Order order, String by) {
                var answer = agent.apply(order, by);
                if (!(order instanceof Order.List || order instanceof Order.ListKinds)) {
                    audit.ordered(by, id(), order, answer);
                }
                return answer;
            }
        };
    }

    @Override
    public void close() {
        try (voices; controller; datagrams; connections) {
            LOG.debug("agents are heard no more");
        } catch (IOException trouble) {
            LOG.warn("the link to agents did not close well: {}", trouble.toString());
        }
    }
}
