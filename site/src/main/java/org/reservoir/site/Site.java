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
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.access.Access;
import org.reservoir.access.FirstAdministrator;
import org.reservoir.access.StoredDirectory;
import org.reservoir.access.StoredRepeats;
import org.reservoir.accounting.Accounting;
import org.reservoir.accounting.MeteredUsage;
import org.reservoir.alarms.Alarms;
import org.reservoir.gateways.EventSource;
import org.reservoir.gateways.GuestVoice;
import org.reservoir.gateways.PluginsView;
import org.reservoir.gateways.Ports;
import org.reservoir.gateways.SiteAdmin;
import org.reservoir.gateways.StatementsView;
import org.reservoir.gateways.rest.Metrics;
import org.reservoir.gateways.rest.RestGateway;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vhi.HostDriver;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.Money;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.GuestDesk;
import org.reservoir.monitoring.KpiIntake;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.servicemanager.ServiceManager;
import org.reservoir.servicemanager.ServiceSettings;
import org.reservoir.store.SiteDatabase;
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
        var directory = new StoredDirectory(database);
        var access = new Access(directory, clock);
        new FirstAdministrator(directory, clock).make(token -> keep(settings.data().resolve(ADMIN_TOKEN), token));

        var gauges = Instruments.Gauges.open(settings.measuring().history(), clock);
        var guests = new GuestVoices();
        var jars = PluginOffice.watching(settings.plugins(), clock);
        var veem = new Veem(database, drivers, access, clock, new Veem.Settings(tag(settings.name()), settings.worker(), settings.data().resolve("images"), settings.imports(),
                org.reservoir.veem.work.Aftermath.Patience.USUAL, settings.keeping(), org.reservoir.veem.kept.Bounds.USUAL, settings.policy(), settings.leases(), jars.forPlacement(), settings.solver()), guests);
        var share = settings.measuring().nats().map(nats -> new NatsShare(nats, gauges));
        var usage = new MeteredUsage(database);
        var instruments = new Instruments(gauges, settings, new Instruments.Neighbours(database, veem, jars, usage, share));
        var intake = new KpiIntake(desk(veem, gauges.roster()), gauges.measurements(), clock, KpiIntake.Pace.USUAL, instruments.kpis());
        guests.listenWith(intake);
        var feed = new RosterFeed(database.outbox(), veem, gauges, intake, guests);

        var accounting = new Accounting(database, clock);
        var billing = new Billing(accounting);
        var services = new ServiceManager(settings.worker(), database, veem, gauges.kpis(), (capacity, _) -> accounting.hourly(capacity).map(Money::toString),
                ServiceSettings.DEFAULT.spanning(settings.spanning()).admitting(settings.admission()), clock);

        var ports = Ports.of(access, veem, new StoredRepeats(database, clock))
                .with(Services.class, services.services())
                .with(GuestVoice.class, voice(intake))
                .with(StatementsView.class, new BilledStatements(accounting, usage, clock))
                .with(EventSource.class, new OutboxEvents(database.outbox()))
                .with(SiteAdmin.class, new SiteOffice(database, settings, instruments::facts, clock))
                .with(PluginsView.class, jars);
        var metrics = new Metrics();
        metrics.also(gauges::exposition);
        metrics.also(instruments.kept()::exposition);
        var rest = new RestGateway(settings.rest(), instruments.shown(ports), metrics);

        feed.start();
        veem.start();
        services.start();
        instruments.start();
        billing.start();
        rest.start();
        return new Site(rest, veem, List.of(rest, billing, instruments, services, veem, jars, guests, feed, gauges, database, lock));
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

    static void keep(Path file, String secret) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, secret + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("a secret cannot be kept in " + file, e);
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
        close(parts);
    }

    /** One after the other; one that cannot be closed keeps none of the others from it. */
    static void close(List<? extends AutoCloseable> parts) {
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
