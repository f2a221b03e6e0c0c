package org.reservoir.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.LinkedHashMap;
import java.util.function.Supplier;

import org.reservoir.gateways.SiteAdmin;
import org.reservoir.store.SiteDatabase;

/** What administrators may ask of the site as a whole. */
final class SiteOffice implements SiteAdmin {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final SiteDatabase database;
    private final Settings settings;
    private final Supplier<Map<String, String>> measuring;
    private final InstantSource clock;
    private final Instant started;

    /** @param measuring what is told of all that measures */
    SiteOffice(SiteDatabase database, Settings settings, Supplier<Map<String, String>> measuring, InstantSource clock) {
        this.database = database;
        this.settings = settings;
        this.measuring = measuring;
        this.clock = clock;
        this.started = clock.instant();
    }

    @Override
    public Status status() {
        var facts = new LinkedHashMap<String, String>();
        facts.put("server", settings.worker());
        facts.put("database", database.read(sql -> sql.createQuery("select version()").mapTo(String.class).one()));
        facts.put("database.bytes", database.read(sql -> sql.createQuery("select pg_database_size(current_database())").mapTo(String.class).one()));
        facts.put("work.waiting", database.read(sql -> sql.createQuery("select count(*) from work").mapTo(String.class).one()));
        facts.put("vees", database.read(sql -> sql.createQuery("select count(*) from veem.vee where state <> 'TERMINATED'").mapTo(String.class).one()));
        facts.put("hosts", database.read(sql -> sql.createQuery("select count(*) from veem.host").mapTo(String.class).one()));
        facts.putAll(measuring.get());
        return new Status(settings.name(), version(), started, facts);
    }

    @Override
    public List<Figure> figures() {
        var figures = new ArrayList<Figure>();
        figures.addAll(byState("reservoir_vees", "Living VEEs by state.", "select state, count(*) from veem.vee where state <> 'TERMINATED' group by state"));
        figures.addAll(byState("reservoir_hosts", "Hosts by state.", "select state, count(*) from veem.host group by state"));
        figures.add(figure("reservoir_work_waiting", "Work that has been ordered and is not done yet.", "select count(*) from work"));
        figures.add(figure("reservoir_database_bytes", "Size of the site database.", "select pg_database_size(current_database())"));
        return figures;
    }

    private List<Figure> byState(String name, String help, String query) {
        return database.read(sql -> sql.createQuery(query).map((row, _) -> new Figure(name, help, Map.of("state", row.getString(1)), row.getDouble(2))).list());
    }

    private Figure figure(String name, String help, String query) {
        return new Figure(name, help, Map.of(), database.read(sql -> sql.createQuery(query).mapTo(Double.class).one()));
    }

    static String version() {
        var version = SiteOffice.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0-SNAPSHOT" : version;
    }

    @Override
    public Backup backup() {
        var now = clock.instant();
        var file = settings.data().resolve("backups").resolve(settings.name() + "-" + STAMP.format(now) + ".backup");
        try {
            Files.createDirectories(file.getParent());
            database.backup(file);
            return new Backup(file.toString(), Files.size(file), now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean ready() {
        try {
            return database.read(sql -> sql.createQuery("select true").mapTo(Boolean.class).one());
        } catch (RuntimeException _) {
            return false;
        }
    }
}
