package org.reservoir.site;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Registry.KnownSource;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.Scope;
import org.reservoir.monitoring.wire.VoiceKey;
import org.reservoir.monitoring.wire.Voices;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may bring measurements to this site: agents, and borders of peers. The site database knows who there is; the keys are derived
 * from a secret that stands in a file, so that the database opens nothing. What another server of the site changes is so here within
 * a second; when the database is away, those known last are heard.
 */
final class SiteVoices implements Voices, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SiteVoices.class);
    private static final Duration LOOKED = Duration.ofSeconds(1);
    private static final int TRIES = 20;

    /** What a voice may speak of. */
    enum Kind {
        AGENT, BORDER;

        private Refused taken(String name) {
            return this == AGENT ? Refused.conflict("AGENT_EXISTS", "There is an agent %s already.".formatted(name), "Remove it first; then its old key opens nothing any more.")
                    : Refused.conflict("BORDER_EXISTS", "Measurements of %s are let in already.".formatted(name), "Close that border first; then its old key opens nothing any more.");
        }

        private Refused unknown(String name) {
            return this == AGENT ? Refused.notFound("NO_SUCH_AGENT", "There is no agent %s.".formatted(name), "See 'reservoir agent list'.")
                    : Refused.notFound("BORDER_NOT_FOUND", "No measurements of %s are let in.".formatted(name), "See 'reservoir border list'.");
        }
    }

    /** @param name of an agent, or the service and peer of a border @param tells what an agent may tell of; a border's name says it */
    record Entry(int number, Kind kind, String name, Tells tells, Instant added, String by) {}

    /** Who hears a voice, and what it may tell of. */
    record Ear(Collector collector, Scope scope) {}

    private record Heard(Entry entry, Voice voice) {}

    private final SiteDatabase database;
    private final byte[] secret;
    private final InstantSource clock;
    private final Function<Entry, Ear> ears;
    private final Thread loop = Thread.ofVirtual().name("voices").unstarted(this::run);
    private volatile Map<Integer, Heard> heard = Map.of();

    /**
     * @param secret from which all keys are derived
     * @param ears   who hears a voice; asked once for each
     */
    SiteVoices(SiteDatabase database, byte[] secret, InstantSource clock, Function<Entry, Ear> ears) {
        this.database = database;
        this.secret = secret.clone();
        this.clock = clock;
        this.ears = ears;
        look();
        loop.start();
    }

    @Override
    public Optional<Voice> of(SourceId source) {
        return Optional.ofNullable(heard.get(VoiceKey.number(source))).map(Heard::voice);
    }

    /** The agent whose source it is. */
    Optional<byte[]> agentKey(SourceId source) {
        return Optional.ofNullable(heard.get(VoiceKey.number(source))).filter(known -> known.entry().kind() == Kind.AGENT).flatMap(known -> known.voice().key());
    }

    /** Measurements that it brought and that were none of its business, since this server began. */
    long refused(int number) {
        return Optional.ofNullable(heard.get(number)).map(known -> known.voice().scope().refused()).orElse(0L);
    }

    /** Datagrams and connections that came under its number and were not sealed with its key, since this server began. */
    long forged(int number) {
        return Optional.ofNullable(heard.get(number)).map(known -> known.voice().scope().forged()).orElse(0L);
    }

    /** Why what an agent's source brings is not taken, as its key has it; empty when it is, or the source is no agent's. */
    Optional<String> trouble(KnownSource source) {
        return Optional.ofNullable(heard.get(VoiceKey.number(source.info().id()))).filter(known -> known.entry().kind() == Kind.AGENT).flatMap(known ->
                known.entry().tells().trouble(known.entry().name()).or(() -> source.streams().isEmpty() ? known.entry().tells().strange(known.voice().scope().refused()) : Optional.empty()));
    }

    /** Whether it is a source of a peer's border. */
    boolean isAbroad(SourceId source) {
        return Optional.ofNullable(heard.get(VoiceKey.number(source))).filter(known -> known.entry().kind() == Kind.BORDER).isPresent();
    }

    List<Entry> entries(Kind kind) {
        look();
        return heard.values().stream().map(Heard::entry).filter(entry -> entry.kind() == kind).sorted(java.util.Comparator.comparing(Entry::name)).toList();
    }

    /** @throws Refused {@code AGENT_EXISTS} or {@code BORDER_EXISTS} */
    VoiceKey add(Kind kind, String name, Tells tells, String by) {
        int number = database.transact(tx -> {
            if (tx.sql().createQuery("SELECT count(*) FROM site_voice WHERE kind = :kind AND name = :name").bind("kind", kind.name()).bind("name", name).mapTo(Integer.class).one() > 0) {
                throw kind.taken(name);
            }
            int free = free(tx);
            tx.sql().createUpdate("INSERT INTO site_voice (number, kind, name, tells, added, by) VALUES (:number, :kind, :name, :tells, :added, :by)").bind("number", free).bind("tells", tells.written()).bind("kind", kind.name())
                    .bind("name", name).bind("added", clock.instant()).bind("by", by).execute();
            tell(tx, kind, name, "add", by);
            return free;
        });
        look();
        return VoiceKey.derived(secret, number);
    }

    /** @throws Refused {@code NO_SUCH_AGENT} or {@code BORDER_NOT_FOUND} */
    void remove(Kind kind, String name, String by) {
        database.run(tx -> {
            int removed = tx.sql().createUpdate("DELETE FROM site_voice WHERE kind = :kind AND name = :name").bind("kind", kind.name()).bind("name", name).execute();
            if (removed == 0) {
                throw kind.unknown(name);
            }
            tell(tx, kind, name, "remove", by);
        });
        look();
    }

    /** One that nobody had in this database: a key that was taken away must not be given out again. */
    private static int free(Transaction tx) {
        var random = new SecureRandom();
        for (int i = 0; i < TRIES; i++) {
            int number = random.nextInt();
            if (number != 0 && tx.sql().createQuery("SELECT count(*) FROM site_voice WHERE number = :number").bind("number", number).mapTo(Integer.class).one() == 0) {
                return number;
            }
        }
        throw new IllegalStateException("twenty random numbers were all taken");
    }

    private static void tell(Transaction tx, Kind kind, String name, String what, String by) {
        var word = kind.name().toLowerCase(java.util.Locale.ROOT);
        tx.publish("probe", name, "%s.%s".formatted(word, what), Wire.write(Map.of("by", by, word, name)));
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(LOOKED);
                look();
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) {
                LOG.warn("who may bring measurements cannot be read; those known last are heard: {}", trouble.toString());
            }
        }
    }

    private synchronized void look() {
        var entries = database.read(sql -> sql.createQuery("SELECT number, kind, name, tells, added, by FROM site_voice").map((row, _) ->
                new Entry(row.getInt("number"), Kind.valueOf(row.getString("kind")), row.getString("name"), Tells.written(row.getString("tells")), row.getTimestamp("added").toInstant(), row.getString("by"))).list());
        var now = new HashMap<Integer, Heard>();
        for (var entry : entries) {
            var known = heard.get(entry.number());
            now.put(entry.number(), known != null && known.entry().equals(entry) ? known : heard(entry));
        }
        heard = now;
    }

    private Heard heard(Entry entry) {
        var ear = ears.apply(entry);
        return new Heard(entry, new Voice(Optional.of(VoiceKey.derived(secret, entry.number()).secret()), true, ear.collector(), ear.scope()));
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
