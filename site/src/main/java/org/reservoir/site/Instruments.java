package org.reservoir.site;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.accounting.MeteredUsage;
import org.reservoir.alarms.Alarms;
import org.reservoir.alarms.InternetPost;
import org.reservoir.gateways.AgentsView;
import org.reservoir.gateways.AlarmsView;
import org.reservoir.gateways.BordersView;
import org.reservoir.gateways.HistoryView;
import org.reservoir.gateways.MeasurementsView;
import org.reservoir.gateways.Ports;
import org.reservoir.gateways.ProbesView;
import org.reservoir.gateways.QueryView;
import org.reservoir.monitoring.Exposition;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.KpiListener;
import org.reservoir.monitoring.KpiStreams;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Onlookers;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.border.Borders;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.kinds.HostWatch;
import org.reservoir.monitoring.lattice.LatticeIntake;
import org.reservoir.monitoring.probe.Registry.KnownSource;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.wire.Scope;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.servicemanager.MeasuredKpis;
import org.reservoir.store.SiteDatabase;
import org.reservoir.telemetry.push.Push;
import org.reservoir.veem.Veem;

/** All of a site that measures, and that keeps, shows and tells what was measured. */
final class Instruments implements AutoCloseable {
    private final Gauges gauges;
    private final Sensors sensors;
    private final PluggedProbes plugged;
    private final Probing probing;
    private final AlarmOffice alarms;
    private final Receivers.Sending pushing;
    private final Spool inbox;
    private final KeptOnDisk kept;
    private final Borders borders;
    private final BorderOffice crossing;
    private final Optional<LatticeIntake> lattice;
    private final Optional<NatsShare> share;
    private final InboxReading reading;
    private final OrderAudit audit;

    /** What is known of what was measured; the other rooms read it. */
    record Gauges(Roster roster, Optional<History> history, Measurements measurements, WatchedKpis kpis, Onlookers onlookers, InstantSource clock) implements AutoCloseable {
        static Gauges open(HistoryChoice choice, InstantSource clock) {
            var roster = new Roster();
            var history = choice.open(clock);
            var measurements = new Measurements(Measurements.Bounds.USUAL, roster, history);
            return new Gauges(roster, history, measurements, new WatchedKpis(new MeasuredKpis(measurements), System::nanoTime), new Onlookers(roster, clock), clock);
        }

        /** Those who are told of whatever is heard, from wherever. */
        Ears ears() {
            return new Ears(List.of(onlookers, new Feed(measurements, clock)));
        }

        /** The newest measurements, and how the history is kept, as Prometheus reads them. */
        String exposition() {
            return Exposition.of(measurements, clock.instant(), Duration.ofMinutes(1)) + history.map(kept -> HistoryFigures.text(kept.health())).orElse("");
        }

        @Override
        public void close() {
            onlookers.close();
            history.ifPresent(History::close);
        }
    }

    /** Those beside whom it stands. @param share with the other servers of the site, if there are */
    record Neighbours(SiteDatabase database, Veem veem, PluginOffice jars, MeteredUsage usage, Optional<NatsShare> share) {}

    Instruments(Gauges gauges, Settings settings, Neighbours beside) {
        this.gauges = gauges;
        this.share = beside.share();
        this.inbox = InboxReading.open(settings.data().resolve("inbox").resolve(settings.worker()), beside.usage());
        this.kept = new KeptOnDisk(settings.data(), inbox, gauges.history());
        this.borders = new Borders(Optional.of(inbox), this::isAbroad);
        var feed = gauges.ears();
        var peers = new PeerEars(ears(feed, Optional.empty()), gauges.roster());
        var database = beside.database();
        var clock = gauges.clock();
        var measurements = gauges.measurements();
        var told = settings.measuring();
        audit = new OrderAudit(database);
        sensors = new Sensors(settings.worker(), ears(feed, Optional.of(borders)), inbox, new StoredProbes(database, settings.worker()), audit, clock);
        told.agents().ifPresent(ends -> sensors.hear(new AgentLink(ends, inbox, entry -> ear(entry, peers), database, audit, clock)));
        crossing = new BorderOffice(settings.data().resolve("borders").resolve(settings.worker()), borders, peers, sensors.agents().map(AgentLink::voices));
        lattice = told.lattice().map(at -> LatticeOption.open(at, sensors.collector()));
        reading = new InboxReading(inbox, beside.usage(), borders, kept::gone);
        sensors.station().rank(gauges.kpis()::priority);
        SiteKinds.all(database, measurements, sensors, outside(peers), kept, settings.data().resolve("scripts")).forEach(kind -> sensors.kinds().offer(kind, "built in"));
        plugged = beside.jars().forProbes(sensors.kinds());
        var looks = new HostLooks(beside.veem(), HostWatch.Paces.USUAL.deadline());
        probing = new Probing(new HostWatch(looks::sources, gauges.roster(), sensors.station(), sensors.kinds(), System::nanoTime, HostWatch.Paces.USUAL), measurements, clock);
        alarms = new AlarmOffice(new Alarms(settings.worker(), database, measurements, gauges.history(), new InternetPost(told.mail())), gauges.history().isPresent(), clock);
        pushing = new Receivers.Sending(told.pushes().stream().map(target -> new Push(measurements, clock, target)).toList());
    }

    /** Told what guests report, for those who pass it on: the measurements themselves know it already. */
    KpiListener kpis() {
        var passing = new ArrayList<Listener>(List.of(borders, gauges.onlookers()));
        share.map(NatsShare::sharing).ifPresent(passing::add);
        return new KpiStreams(new SourceId(new SecureRandom().nextLong()), gauges.roster(), new Ears(passing));
    }

    KeptOnDisk kept() {
        return kept;
    }

    /** For the site's status. */
    Map<String, String> facts() {
        var facts = new LinkedHashMap<String, String>(kept.facts());
        sensors.agents().ifPresent(agents -> facts.putAll(agents.strangers().facts()));
        return facts;
    }

    private SiteKinds.Outside outside(PeerEars peers) {
        return new SiteKinds.Outside(() -> Stream.concat(peers.registries(), share.map(NatsShare::registry).stream()),
                () -> Stream.concat(sensors.agents().map(AgentLink::frames).stream(), share.map(NatsShare::frames).stream()));
    }

    private boolean isAbroad(SourceId source) {
        return sensors.agents().map(AgentLink::voices).filter(voices -> voices.isAbroad(source)).isPresent();
    }

    private Optional<String> keyTrouble(KnownSource source) {
        return sensors.agents().map(AgentLink::voices).flatMap(voices -> voices.trouble(source));
    }

    private SiteVoices.Ear ear(SiteVoices.Entry entry, PeerEars peers) {
        return entry.kind() == SiteVoices.Kind.BORDER ? peers.ear(entry) : new SiteVoices.Ear(sensors.collector(), new Scope(stream -> entry.tells().covers(stream, gauges.roster())));
    }

    /** @param beyond the borders, for what is measured here: what comes in by one goes out by none */
    private Ears ears(Ears feed, Optional<Borders> beyond) {
        var all = new ArrayList<Listener>(List.of(feed));
        beyond.ifPresent(all::add);
        share.map(NatsShare::sharing).ifPresent(all::add);
        return new Ears(all);
    }

    /** The ports, and what can be shown of measurements. */
    Ports shown(Ports ports) {
        var kept = gauges.history().orElse(new NoHistory());
        return ports.with(MeasurementsView.class, new MeasuredView(gauges.measurements(), gauges.onlookers(), gauges.clock()))
                .with(ProbesView.class, new ProbeOffice(sensors, gauges.roster(), sensors::elsewhere, this::keyTrouble))
                .with(AgentsView.class, new AgentOffice(sensors.agents().map(AgentLink::voices)))
                .with(BordersView.class, crossing)
                .with(AlarmsView.class, alarms)
                .with(HistoryView.class, new HistoryShown(kept)).with(QueryView.class, new QueriesShown(kept));
    }

    void start() {
        kept.start();
        probing.start();
        SiteKinds.begin(sensors.station());
        sensors.start();
        share.ifPresent(NatsShare::start);
        reading.start();
        crossing.start();
        plugged.start();
        alarms.start();
    }

    @Override
    public void close() {
        var parts = new ArrayList<AutoCloseable>(List.of(pushing, alarms, probing, plugged));
        lattice.ifPresent(parts::add);
        parts.addAll(List.of(reading, crossing, sensors));
        share.ifPresent(parts::add);
        parts.addAll(List.of(audit, kept, inbox));
        Site.close(parts);
    }
}
