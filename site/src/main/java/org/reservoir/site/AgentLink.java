package org.reservoir.site;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Audit;
import org.reservoir.monitoring.plane.Controlled;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.LinkWords;
import org.reservoir.monitoring.wire.UdpController;
import org.reservoir.monitoring.wire.UdpIntake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Option;

/** Hears the agents on hosts, and gives them orders. All that passes is sealed with a key that the site and its agents share. */
final class AgentLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLink.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final UdpIntake intake;
    private final UdpController controller;
    private final Audit audit;

    /** Where agents are heard. */
    record Ends(InetSocketAddress listen, Path key) {}

    /** Options of the site server. */
    static final class Options {
        @Option(names = "--hear-agents", paramLabel = "ADDRESS:PORT", description = "Where agents on hosts are heard (UDP, sealed); nowhere unless given. Needs --agent-key.")
        private Optional<String> listen = Optional.empty();
        @Option(names = "--agent-key", paramLabel = "FILE", description = "The key that agents and site share: 64 hexadecimal digits that none but their owner may read.")
        private Optional<Path> key = Optional.empty();

        Optional<Ends> ends() {
            if (listen.isPresent() != key.isPresent()) {
                throw Refused.invalid("BAD_AGENT_LINK", "--hear-agents and --agent-key belong together.", "What agents measure is heard sealed, or not at all.");
            }
            return listen.map(text -> new Ends(LinkWords.address(text), key.orElseThrow()));
        }
    }

    /** @throws Refused {@code PORT_TAKEN}, {@code BAD_KEY}, {@code KEY_OPEN} */
    AgentLink(Ends ends, Collector collector, Audit audit) {
        var key = LinkWords.key(ends.key());
        this.audit = audit;
        this.intake = new UdpIntake(ends.listen(), Optional.of(key), collector);
        this.controller = new UdpController(key, PATIENCE);
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
        try (controller; intake) {
            LOG.debug("agents are heard no more");
        } catch (IOException trouble) {
            LOG.warn("the link to agents did not close well: {}", trouble.toString());
        }
    }
}
