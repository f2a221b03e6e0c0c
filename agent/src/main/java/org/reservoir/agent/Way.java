package org.reservoir.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.wire.LinkWords;
import org.reservoir.monitoring.wire.Protection;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.monitoring.wire.TcpOutlet;
import org.reservoir.monitoring.wire.UdpOutlet;
import org.reservoir.monitoring.wire.VoiceKey;

import picocli.CommandLine.Option;

/** How measurements go to the site: in datagrams, or over a connection, which alone can keep on disk what is for accounting until the site has it. */
sealed interface Way {
    record Datagrams(InetSocketAddress site) implements Way {}

    /** @param trust certificates that vouch for the site's, with TLS @param spool where measurements for accounting wait; without one they are sent as others are */
    record Connection(InetSocketAddress site, boolean tls, Optional<Path> trust, Optional<Path> spool) implements Way {}

    /** MiB of measurements for accounting that wait at most. */
    long SPOOL = 256L << 20;

    /** @throws Refused {@code NO_ROUTE}, {@code SPOOL_UNUSABLE}, {@code BAD_CERTIFICATE} */
    default Opened open(SourceId id, VoiceKey key) {
        return switch (this) {
            case Datagrams(var site) -> {
                var outlet = new UdpOutlet(id, site, Optional.of(key.secret()));
                yield new Opened(outlet, outlet, Optional.empty());
            }
            case Connection(var site, var tls, var trust, var folder) -> {
                var protection = tls ? new Protection.CertificateAndKey(LinkWords.trusting(trust), key.secret()) : new Protection.SharedKey(key.secret());
                var spool = folder.map(it -> Spool.open(it, SPOOL));
                var outlet = new TcpOutlet(id, site, protection, spool, TcpOutlet.USUAL_RING);
                yield new Opened(outlet, outlet, spool);
            }
        };
    }

    /** What there is to send with, and to close. */
    record Opened(Outlet outlet, AutoCloseable line, Optional<Spool> spool) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try {
                line.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) { // AutoCloseable promises nothing narrower
                throw new IOException(e);
            } finally {
                if (spool.isPresent()) {
                    spool.get().close();
                }
            }
        }
    }

    /** Options of the agent. */
    final class Options {
        @Option(names = "--site", required = true, paramLabel = "ADDRESS:PORT", description = "Where measurements go: the site's --hear-agents.")
        private String site;
        @Option(names = "--over", paramLabel = "udp|tcp|tls", defaultValue = "udp",
                description = "How: datagrams (udp), a connection (tcp), or one under the site's certificate (tls, when the site has one). All are sealed with the key.")
        private String over;
        @Option(names = "--trust", paramLabel = "FILE", description = "With tls: PEM certificates that vouch for the site's; without it, those that this machine trusts.")
        private Optional<Path> trust = Optional.empty();
        @Option(names = "--spool", paramLabel = "DIR", description = "With tcp or tls: folder where measurements for accounting wait until the site has them on its disk.")
        private Optional<Path> spool = Optional.empty();

        Way way() {
            var address = LinkWords.address(site);
            if (over.equals("udp") && (spool.isPresent() || trust.isPresent())) {
                throw Refused.invalid("BAD_WAY", "Datagrams know no --spool and no --trust.", "Give --over tcp or --over tls with them.");
            }
            return switch (over) {
                case "udp" -> new Datagrams(address);
                case "tcp", "tls" -> new Connection(address, over.equals("tls"), trust, spool);
                default -> throw Refused.invalid("BAD_WAY", "Nothing goes over '%s'.".formatted(over), "Say udp, tcp or tls.");
            };
        }

        @Override
        public String toString() {
            return site;
        }
    }
}
