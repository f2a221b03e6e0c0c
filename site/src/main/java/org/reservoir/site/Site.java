package org.reservoir.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.access.Access;
import org.reservoir.access.StoredDirectory;
import org.reservoir.access.StoredRepeats;
import org.reservoir.accounting.Accounting;
import org.reservoir.alarms.Alarms;
import org.reservoir.alarms.InternetPost;
import org.reservoir.gateways.AlarmsView;
import org.reservoir.gateways.EventSource;
import org.reservoir.gateways.GuestVoice;
import org.reservoir.gateways.HistoryView;
import org.reservoir.gateways.MeasurementsView;
import org.reservoir.gateways.PluginsView;
import org.reservoir.gateways.Ports;
import org.reservoir.gateways.ProbesView;
import org.reservoir.gateways.QueryView;
import org.reservoir.gateways.SiteAdmin;
import org.reservoir.gateways.StatementsView;
import org.reservoir.gateways.rest.Metrics;
import org.reservoir.gateways.rest.RestGateway;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vhi.HostDriver;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.Money;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Exposition;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.GuestDesk;
import org.reservoir.monitoring.KpiIntake;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.kinds.HostWatch;
import org.reservoir.servicemanager.MeasuredKpis;
import org.reservoir.servicemanager.ServiceManager;
import org.reservoir.servicemanager.ServiceSettings;
import org.reservoir.store.SiteDatabase;
import org.reservoir.telemetry.push.Push;
import org.reservoir.veem.Veem;

/** The whole site, wired by hand. Read {@link #open} from top to bottom: that is the order in which things exist. */
public final class Site implements AutoCloseable {
    /** File in the data folder with the first token of the user {@code admin}, written once. */
    public static final String ADMIN_TOKEN = "admin.token";

    static final List<String> MIGRATIONS = List.of("db/store", Veem.MIGRATIONS, ServiceManager.MIGRATIONS, StoredDirectory.MIGRATIONS, Accounting.MIGRATIONS, Alarms.MIGRATIONS, "db/site");

    private final List<AutoCloseable> parts;
    private final RestGateway rest;
    private final Vmi vmi;

    private Site(RestGateway rest, Vmi vmi, List<AutoCloseable> parts) {
        this.rest = rest;
        this.vmi = vmi;
        this.parts = parts;
    }

    /** @param drivers those that speak to hosts, in the order in which they are asked */
    public static Site open(Settings settings, List<HostDriver> drivers, InstantSource clock) {
        folder(settings.data());
        var lock = ServerLock.of(settings.data(), settings.worker());
        var database = SiteDatabase.open(settings.database(), MIGRATIONS, clock);
        var access = new Access(new StoredDirectory(database), clock);
        access.bootstrap().ifPresent(token -> keep(settings.data().resolve(ADMIN_TOKEN), token));

        var roster = new Roster();
        var history = settings.measuring().history().open(clock);
        var measurements = new Measurements(Measurements.Bounds.USUAL, roster, history);
        var guests = new GuestVoices();
        var tag = tag(settings.name());
        var jars = PluginOffice.watching(settings.plugins(), clock);
        var veem = new Veem(database, drivers, access, clock, new Veem.Settings(tag, settings.worker(), settings.data().resolve("images"), settings.imports(),
                org.reservoir.veem.Aftermath.Patience.USUAL, settings.keeping(), org.reservoir.veem.Bounds.USUAL, settings.policy(), settings.leases(), jars.forPlacement(), settings.solver()), guests);
        var intake = new KpiIntake(desk(veem, roster), measurements, clock, KpiIntake.Pace.USUAL);
        guests.listenWith(intake);

        var accounting = new Accounting(database, clock);
        var billing = new Billing(accounting);
        var kpis = new WatchedKpis(new MeasuredKpis(measurements), System::nanoTime);
        var services = new ServiceManager(settings.worker(), database, veem, kpis, (capacity, _) -> accounting.hourly(capacity).map(Money::toString),
                ServiceSettings.DEFAULT.spanning(settings.spanning()).admitting(settings.admission()), clock);
        var feed = new RosterFeed(database.outbox(), veem, roster, intake, guests);
        var audit = new OrderAudit(database);
        var sensors = new Sensors(settings.worker(), new Feed(measurements, clock), new StoredProbes(database, settings.worker()), audit, clock);
        settings.measuring().agents().ifPresent(ends -> sensors.hear(new AgentLink(ends, sensors.collector(), audit)));
        sensors.station().rank(kpis::priority);
        var plugged = jars.forProbes(sensors.kinds());
        SiteKinds.all(database, measurements, sensors, settings.data().resolve("scripts")).forEach(kind -> sensors.kinds().offer(kind, "built in"));
        var looks = new HostLooks(veem, HostWatch.Paces.USUAL.deadline());
        var watch = new HostWatch(looks::sources, roster, sensors.station(), sensors.kinds(), System::nanoTime, HostWatch.Paces.USUAL);
        var probing = new Probing(watch, measurements, clock);

        var alarms = new AlarmOffice(new Alarms(settings.worker(), database, measurements, history, new InternetPost(settings.measuring().mail())), clock);

        var ports = Ports.of(access, veem, new StoredRepeats(database, clock))
                .with(Services.class, services.services())
                .with(MeasurementsView.class, new MeasuredView(measurements, clock))
                .with(GuestVoice.class, voice(intake))
                .with(StatementsView.class, new BilledStatements(accounting, clock))
                .with(EventSource.class, new OutboxEvents(database.outbox()))
                .with(SiteAdmin.class, new SiteOffice(database, settings, clock))
                .with(PluginsView.class, jars)
                .with(ProbesView.class, new ProbeOffice(sensors, roster, sensors::elsewhere))
                .with(AlarmsView.class, alarms);
        var shown = history.map(kept -> ports.with(HistoryView.class, new HistoryShown(kept)).with(QueryView.class, new QueriesShown(kept))).orElse(ports);
        var metrics = new Metrics();
        metrics.also(() -> Exposition.of(measurements, clock.instant(), Duration.ofMinutes(1)));
        history.ifPresent(kept -> metrics.also(() -> HistoryFigures.text(kept.health())));
        var rest = new RestGateway(settings.rest(), shown, metrics);

        var pushing = new Receivers.Sending(settings.measuring().pushes().stream().map(target -> new Push(measurements, clock, target)).toList());

        feed.start();
        veem.start();
        services.start();
        probing.start();
        SiteKinds.begin(sensors.station());
        sensors.start();
        plugged.start();
        alarms.start();
        billing.start();
        rest.start();
        AutoCloseable kept = () -> history.ifPresent(History::close);
        return new Site(rest, veem, List.of(rest, pushing, billing, alarms, probing, plugged, sensors, services, veem, jars, guests, feed, kept, database, lock));
    }

    private static GuestDesk desk(Veem veem, Roster roster) {
        return new GuestDesk() {
            @Override
            public boolean knowsSecret(VeeId vee, String secret) {
                return veem.vees().knowsSecret(vee, secret);
            }

            @Override
            public boolean lives(VeeId vee) { // the roster follows events, and a guest may be faster
                return roster.of(vee).isPresent() || veem.lives(vee);
            }

            @Override
            public void ready(VeeId vee) {
                veem.vees().guestReady(vee);
            }
        };
    }

    private static GuestVoice voice(KpiIntake intake) {
        return new GuestVoice() {
            @Override
            public void report(VeeId vee, String secret, Map<String, Double> kpis) {
                intake.report(vee, secret, kpis);
            }

            @Override
            public boolean isKpi(String name) {
                return SeriesKey.isKpi(name);
            }

            @Override
            public void ready(VeeId vee, String secret) {
                intake.ready(vee, secret);
            }
        };
    }

    /** Four hex digits by which this site's bridges are told from another's on the same host. */
    private static String tag(String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)), 0, 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    /** Others may pass through, as the database's own user must, but see nothing. */
    static void folder(Path data) {
        try {
            Files.createDirectories(data);
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new UncheckedIOException("the data folder cannot be made: " + data, e);
        }
    }

    private static void keep(Path file, String secret) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, secret + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the first token cannot be kept in " + file, e);
        }
    }

    /** Where it listens. */
    public URI uri() {
        return rest.uri();
    }

    public Vmi vmi() {
        return vmi;
    }

    /** Ends the parts in the order in which they depend on each other; guests go on. */
    @Override
    public void close() {
        for (var part : parts) {
            try {
                part.close();
            } catch (Exception trouble) {
                org.slf4j.LoggerFactory.getLogger(Site.class).warn("{} did not end well: {}", part.getClass().getSimpleName(), trouble.toString());
            }
        }
    }

    static Optional<String> adminToken(Path data) {
        try {
            return Optional.of(Files.readString(data.resolve(ADMIN_TOKEN)).strip());
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
