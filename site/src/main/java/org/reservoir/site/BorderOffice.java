package org.reservoir.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.gateways.BordersView;
import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.border.Borders;
import org.reservoir.monitoring.border.Terms;
import org.reservoir.monitoring.wire.LinkWords;
import org.reservoir.monitoring.wire.Protection;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.monitoring.wire.TcpOutlet;
import org.reservoir.monitoring.wire.VoiceKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes the borders of services' measurements towards peer sites, and lets measurements in from them. Those that go out from
 * this server are kept, each in a folder with its key and what waits for the peer, and open again with the server.
 */
final class BorderOffice implements BordersView, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BorderOffice.class);
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int TURNS_BETWEEN_TRIES = 30;
    private static final long SPOOL = 256L << 20;
    private static final String WORDS = "border.json";
    private static final String TRUST = "trust.pem";

    private final Path folder;
    private final Borders borders;
    private final PeerEars peers;
    private final Optional<SiteVoices> voices;
    private final Map<PeerEars.Place, Way> ways = new ConcurrentHashMap<>();
    /** Kept borders that could not be opened yet, and why. */
    private final Map<PeerEars.Place, String> shut = new ConcurrentHashMap<>();
    private final Thread loop = Thread.ofVirtual().name("borders").unstarted(this::run);

    /** As it stands in its folder, readable by its owner alone. */
    record Kept(ServiceId service, Opening opening) {}

    private record Way(String at, TcpOutlet out, Spool spool) {}

    /** @param folder of this server's borders @param voices those who are heard; empty when nobody is */
    BorderOffice(Path folder, Borders borders, PeerEars peers, Optional<SiteVoices> voices) {
        this.folder = folder;
        this.borders = borders;
        this.peers = peers;
        this.voices = voices;
    }

    void start() {
        openKept();
        loop.start();
    }

    /** Those that could not be opened, such as towards a peer whose name nobody knows just then, are tried again. */
    private synchronized void openKept() {
        for (var border : kept()) {
            var place = new PeerEars.Place(border.service(), border.opening().peer());
            if (!ways.containsKey(place)) {
                try {
                    open(border);
                    shut.remove(place);
                } catch (Refused trouble) {
                    if (!trouble.getMessage().equals(shut.put(place, trouble.getMessage()))) {
                        LOG.warn("measurements of {} do not cross to {} yet: {}", place.service(), place.peer(), trouble.getMessage());
                    }
                }
            }
        }
    }

    @Override
    public List<Border> borders() {
        var all = new ArrayList<Border>();
        for (var status : borders.list()) {
            var way = Optional.ofNullable(ways.get(new PeerEars.Place(status.service(), status.peer())));
            all.add(new Border(status.service(), status.peer(), "OUT", way.map(Way::at), status.streams(), status.passed(), 0, problem(status, way.map(it -> problem(it.out().counts())).orElse(""))));
        }
        shut.forEach((place, problem) -> all.add(new Border(place.service(), place.peer(), "OUT", Optional.empty(), 0, 0, 0, problem)));
        voices.ifPresent(known -> known.entries(SiteVoices.Kind.BORDER).forEach(entry -> {
            var place = PeerEars.Place.of(entry.name());
            all.add(new Border(place.service(), place.peer(), "IN", Optional.empty(), peers.streams(entry.number()), peers.passed(entry.number()), peers.refused(entry.number()),
                    together(missing(peers.missing(entry.number())), strange(peers.refused(entry.number())))));
        }));
        return all;
    }

    private static String strange(long measurements) {
        return measurements == 0 ? "" : "%d measurements were refused: of another service, of a host, or of VEEs whose ids belong or belonged to others here".formatted(measurements);
    }

    private static String together(String... problems) {
        return Stream.of(problems).filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
    }

    private static String missing(long measurements) {
        return measurements == 0 ? "" : "%d measurements were lost on the way, as their numbers tell".formatted(measurements);
    }

    /** @param way what is wrong with it; may be empty */
    static String problem(Borders.Status status, String way) {
        var beyond = status.beyond() == 0 ? "" : "%d measurements did not cross: %d streams are as many as a border may have".formatted(status.beyond(), status.streams());
        return together(way, beyond);
    }

    /** What the way is short of now; else what it was not up to since it was opened. */
    private static String problem(TcpOutlet.Counts counts) {
        long lost = counts.dropped() + counts.unkept();
        return counts.problem().isEmpty() && lost > 0 ? "%d measurements were overtaken by newer ones while the peer could not be reached".formatted(lost) : counts.problem();
    }

    @Override
    public synchronized void open(String by, ServiceId service, Opening opening) {
        var border = new Kept(service, opening);
        open(border);
        Site.keep(home(border).resolve(WORDS), Wire.write(border));
        LOG.info("{} has measurements of {} cross to {}", by, service, opening.peer());
    }

    private void open(Kept border) {
        var opening = border.opening();
        var peer = Name.of("peer", opening.peer());
        var place = new PeerEars.Place(border.service(), peer);
        var address = LinkWords.address(opening.at());
        var key = VoiceKey.parse(opening.key().strip()).orElseThrow(() -> Refused.invalid("BAD_KEY", "This is no key of a border.", "Give the line that 'reservoir border admit' printed at the peer."));
        if (ways.containsKey(place)) {
            throw Refused.conflict("BORDER_EXISTS", "Measurements of %s cross to %s already.".formatted(border.service(), peer), "Close that border first.");
        }
        var home = home(border);
        var protection = protection(opening, key, home);
        var spool = Spool.open(home.resolve("spool"), SPOOL);
        borders.open(peer, new Terms(border.service(), opening.abroad().orElse(border.service()), Optional::of), key.source(), source -> {
            var out = new TcpOutlet(source, address, protection, Optional.of(spool), TcpOutlet.USUAL_RING);
            ways.put(place, new Way(opening.at(), out, spool));
            return out;
        });
    }

    private static Protection protection(Opening opening, VoiceKey key, Path home) {
        return switch (opening.over().orElse("tls")) {
            case "tcp" -> new Protection.SharedKey(key.secret());
            case "tls" -> {
                opening.trust().ifPresent(pem -> Site.keep(home.resolve(TRUST), pem));
                yield new Protection.CertificateAndKey(LinkWords.trusting(opening.trust().map(_ -> home.resolve(TRUST))), key.secret());
            }
            default -> throw Refused.invalid("BAD_WAY", "Nothing crosses over '%s'.".formatted(opening.over().orElse("")), "Say tls or tcp.");
        };
    }

    @Override
    public synchronized void close(String by, ServiceId service, String peer) {
        var place = new PeerEars.Place(service, peer);
        if (shut.remove(place) == null) {
            borders.close(service, peer);
        }
        try {
            Files.deleteIfExists(folder.resolve(name(place)).resolve(WORDS));
            end(place);
        } catch (IOException e) {
            throw new UncheckedIOException("the border to %s did not close well".formatted(peer), e);
        }
        LOG.info("{} has measurements of {} cross to {} no more", by, service, peer);
    }

    @Override
    public Admitted admit(String by, ServiceId service, String peer) {
        var place = new PeerEars.Place(service, Name.of("peer", peer));
        return new Admitted(service, place.peer(), voices().add(SiteVoices.Kind.BORDER, place.name(), Tells.NOTHING, by).written());
    }

    @Override
    public void dismiss(String by, ServiceId service, String peer) {
        voices().remove(SiteVoices.Kind.BORDER, new PeerEars.Place(service, peer).name(), by);
    }

    private SiteVoices voices() {
        return voices.orElseThrow(() -> Refused.conflict("NO_AGENTS_HEARD", "This site hears neither agents nor peers.", "Run it with --hear-agents ADDRESS:PORT."));
    }

    private void run() {
        for (int turn = 1; !Thread.currentThread().isInterrupted(); turn++) {
            try {
                borders.turn(Sensors.now());
                peers.turn();
                if (turn % TURNS_BETWEEN_TRIES == 0) {
                    openKept();
                }
                Thread.sleep(TURN);
            } catch (InterruptedException _) {
                return;
            } catch (IOException | RuntimeException trouble) {
                LOG.warn("what is for accounting waits at the border: {}", trouble.toString());
                java.util.concurrent.locks.LockSupport.parkNanos(TURN.toNanos());
            }
        }
    }

    private List<Kept> kept() {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (var homes = Files.list(folder)) {
            var all = new ArrayList<Kept>();
            for (var words : homes.map(home -> home.resolve(WORDS)).filter(Files::exists).sorted().toList()) {
                all.add(Wire.read(Files.readString(words), Kept.class));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException("the borders cannot be read from " + folder, e);
        }
    }

    private Path home(Kept border) {
        var home = folder.resolve(name(new PeerEars.Place(border.service(), border.opening().peer())));
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException("a border has no folder", e);
        }
        return home;
    }

    private static String name(PeerEars.Place place) {
        return place.service() + "." + place.peer();
    }

    private void end(PeerEars.Place place) throws IOException {
        var way = ways.remove(place);
        if (way != null) {
            way.spool().close();
        }
    }

    @Override
    public void close() {
        loop.interrupt();
        borders.close();
        for (var place : List.copyOf(ways.keySet())) {
            try {
                end(place);
            } catch (IOException trouble) {
                LOG.warn("the border to {} did not close well: {}", place.peer(), trouble.toString());
            }
        }
    }
}
