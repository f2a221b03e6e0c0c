package org.reservoir.site;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.kinds.Figures;
import org.reservoir.monitoring.kinds.HostKinds;
import org.reservoir.monitoring.kinds.ScrapeKind;
import org.reservoir.monitoring.kinds.ScriptKind;
import org.reservoir.monitoring.kinds.TestSignal;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Registry;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.FrameHearing;
import org.reservoir.store.SiteDatabase;

/** Kinds of probes of the site itself: what waits, what lags, what there is, and what measuring costs. */
final class SiteKinds {
    private static final Duration PERIOD = Duration.ofSeconds(15);
    private static final String BY = "the server itself";

    private SiteKinds() {}

    private record Kind(String name, String purpose, Supplier<Probe> maker) implements ProbeKind {
        @Override
        public List<Parameter> parameters() {
            return List.of();
        }

        @Override
        public Probe make(Map<String, String> parameters) {
            return maker.get();
        }
    }

    /** What comes from outside: what is known of what peers and other servers tell, and the frames of all who send here. */
    record Outside(Supplier<Stream<Registry>> registries, Supplier<Stream<FrameHearing.Counts>> frames) {
        private long frames(ToLongFunction<FrameHearing.Counts> which) {
            return frames.get().mapToLong(which).sum();
        }
    }

    /** @param scripts folder of the programs that may be run as probes */
    static List<ProbeKind> all(SiteDatabase database, Measurements measurements, Sensors sensors, Outside outside, KeptOnDisk kept, Path scripts) {
        var all = new ArrayList<>(HostKinds.all());
        all.addAll(List.of(new ScriptKind(scripts), new ScrapeKind(), TestSignal.kind()));
        all.addAll(of(database));
        all.add(new Kind("site.monitoring", "what is measured and what that costs", () -> monitoring(measurements, sensors, outside)));
        all.add(new Kind("site.disk", "room on the server's disk, and what could not be kept", kept::probe));
        return all;
    }

    private static List<ProbeKind> of(SiteDatabase database) {
        return List.of(
                new Kind("site.work", "work that has been ordered and is not done yet", () -> asking(database, Figures.of("site_work").level("waiting", "site.work.waiting", "")
                        .level("due", "site.work.due", "").level("lag", "site.work.lag.seconds", "seconds").level("failed", "site.work.failed", "").end(), """
                        select count(*) waiting, count(*) filter (where run_at <= now() and claimed_by is null) due, count(*) filter (where last_error is not null) failed,
                        coalesce(extract(epoch from now() - min(run_at) filter (where run_at <= now() and claimed_by is null)), 0)::bigint lag from work""")),
                new Kind("site.events", "events that are kept, and how far their named readers are behind", () -> asking(database, Figures.of("site_events")
                        .level("kept", "site.events.kept", "").level("behind", "site.events.behind", "").level("lag", "site.events.lag.seconds", "seconds").end(), """
                        select (select count(*) from event) kept, coalesce(max(late.behind), 0) behind, coalesce(max(late.lag), 0)::bigint lag from consumer cross join lateral
                        (select count(*) behind, extract(epoch from now() - min(at)) lag from event where (event.tx, event.nr) > (consumer.tx, consumer.nr)) late""")),
                new Kind("site.placement", "VEEs that wait for a place, and plans under way", () -> asking(database, Figures.of("site_placement")
                        .level("waiting", "site.placement.waiting", "").level("longest", "site.placement.waits.seconds", "seconds").level("plans", "site.placement.plans", "").end(), """
                        select count(*) waiting, coalesce(max(extract(epoch from now() - since.at)), 0)::bigint longest, (select count(*) from veem.placement_plan where going) plans
                        from veem.vee cross join lateral (select max(at) at from veem.vee_history where vee_history.vee = vee.id) since where state = 'PENDING'""")),
                new Kind("site.images", "images and their bytes", () -> asking(database, Figures.of("site_images").level("count", "site.images", "")
                        .level("bytes", "site.images.bytes", "bytes").level("importing", "site.images.importing", "").level("failed", "site.images.failed", "").end(), """
                        select count(*) count, coalesce(sum(length), 0)::bigint bytes, count(*) filter (where state = 'IMPORTING') importing,
                        count(*) filter (where state = 'FAILED') failed from veem.image""")),
                new Kind("site.networks", "networks and the addresses that are leased in them", () -> asking(database, Figures.of("site_networks").level("count", "site.networks", "")
                        .level("leased", "site.networks.leased", "").level("groups", "site.networks.groups", "").end(),
                        "select count(*) count, (select count(*) from veem.lease) leased, (select count(*) from veem.security_group) groups from veem.network")),
                new Kind("site.database", "the site database", () -> asking(database, Figures.of("site_database").level("bytes", "site.database.bytes", "bytes")
                        .level("connections", "site.database.connections", "").perSecond("commits", "site.database.commits_per_second", "per_second")
                        .perSecond("rollbacks", "site.database.rollbacks_per_second", "per_second").perSecond("read", "site.database.blocks_read_per_second", "per_second")
                        .perSecond("hit", "site.database.blocks_hit_per_second", "per_second").end(), """
                        select pg_database_size(datname) bytes, numbackends connections, xact_commit commits, xact_rollback rollbacks, blks_read "read", blks_hit hit
                        from pg_stat_database where datname = current_database()""")));
    }

    /** The usual probes of a server. */
    static void begin(Station station) {
        for (var kind : List.of("site.work", "site.events", "site.placement", "site.images", "site.networks", "site.database", "site.monitoring", "site.disk", "process")) {
            station.apply(new Order.Add(Wanted.of(kind.startsWith("site.") ? kind : "site.server", kind, Subject.site(), ProbeSettings.every(PERIOD))), BY).orThrow();
        }
    }

    private static Probe asking(SiteDatabase database, Figures figures, String query) {
        return figures.asking(() -> database.read(sql -> sql.createQuery(query).map((row, _) -> figures(row)).one()));
    }

    private static Map<String, Long> figures(ResultSet row) throws SQLException {
        var figures = new HashMap<String, Long>();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            figures.put(row.getMetaData().getColumnLabel(column), row.getLong(column));
        }
        return figures;
    }

    private static Probe monitoring(Measurements measurements, Sensors sensors, Outside outside) {
        var gaps = new Missed();
        var frames = new Missed();
        return Figures.of("site_monitoring").perSecond("taken", "site.monitoring.samples_per_second", "per_second").perSecond("refused", "site.monitoring.refused_per_second", "per_second")
                .level("series", "site.monitoring.series", "").level("streams", "site.monitoring.streams", "").level("silent", "site.monitoring.silent", "")
                .perSecond("gaps", "site.monitoring.lost_per_second", "per_second").perSecond("passed over", "site.monitoring.passed_over_per_second", "per_second")
                .perSecond("forged", "site.monitoring.forged_frames_per_second", "per_second").perSecond("senseless", "site.monitoring.senseless_frames_per_second", "per_second")
                .perSecond("missing", "site.monitoring.missing_frames_per_second", "per_second").level("probes", "site.monitoring.probes", "").level("share", "site.monitoring.cost.ppm", "ppm")
                .level("dearest", "site.monitoring.dearest.ppm", "ppm").perSecond("failures", "site.monitoring.failures_per_second", "per_second").end().asking(() -> {
                    var figures = new HashMap<String, Long>(costs(sensors.station().source()));
                    var streams = sensors.collector().registry().streams(Interest.ALL);
                    figures.put("taken", measurements.takenCount());
                    figures.put("refused", measurements.refusals().values().stream().mapToLong(Long::longValue).sum());
                    figures.put("series", (long) measurements.seriesCount());
                    figures.put("streams", (long) streams.size());
                    figures.put("silent", streams.stream().filter(stream -> stream.state() == StreamState.STALE || stream.state() == StreamState.LOST).count());
                    figures.put("gaps", gaps.upTo(all(sensors, outside).mapToLong(Registry::gaps).sum()));
                    figures.put("passed over", all(sensors, outside).mapToLong(Registry::passedOver).sum());
                    figures.put("forged", outside.frames(FrameHearing.Counts::forged));
                    figures.put("senseless", outside.frames(FrameHearing.Counts::senseless));
                    figures.put("missing", frames.upTo(outside.frames(FrameHearing.Counts::missing)));
                    return figures;
                });
    }

    /** What was ever missing: who comes late makes the sum smaller, and a counter that falls is taken for one that began again. */
    private static final class Missed {
        private long before;
        private long sum;

        synchronized long upTo(long missing) {
            sum += Math.max(0, missing - before);
            before = missing;
            return sum;
        }
    }

    private static Stream<Registry> all(Sensors sensors, Outside outside) {
        return Stream.concat(Stream.of(sensors.collector().registry()), outside.registries().get());
    }

    /** Shares of a core, in millionths: of all probes and of the dearest. */
    private static Map<String, Long> costs(DataSource source) {
        var shares = source.streams().stream().filter(DataSource.Status::measured).mapToDouble(status -> status.effort().share()).summaryStatistics();
        return Map.of("probes", shares.getCount(), "share", Math.round(shares.getSum() * 1e6), "dearest", Math.round(Math.max(0, shares.getMax()) * 1e6), "failures", source.failures());
    }
}
