package org.reservoir.site;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.reservoir.alarms.Alarms;
import org.reservoir.alarms.InternetPost;
import org.reservoir.gateways.AlarmsView;
import org.reservoir.gateways.HistoryView;
import org.reservoir.gateways.MeasurementsView;
import org.reservoir.gateways.Ports;
import org.reservoir.gateways.ProbesView;
import org.reservoir.gateways.QueryView;
import org.reservoir.monitoring.Exposition;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.kinds.HostWatch;
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

    /** What is known of what was measured; the other rooms read it. */
    record Gauges(Roster roster, Optional<History> history, Measurements measurements, WatchedKpis kpis, InstantSource clock) implements AutoCloseable {
        static Gauges open(HistoryChoice choice, InstantSource clock) {
            var roster = new Roster();
            var history = choice.open(clock);
            var measurements = new Measurements(Measurements.Bounds.USUAL, roster, history);
            return new Gauges(roster, history, measurements, new WatchedKpis(new MeasuredKpis(measurements), System::nanoTime), clock);
        }

        /** The newest measurements, and how the history is kept, as Prometheus reads them. */
        String exposition() {
            return Exposition.of(measurements, clock.instant(), Duration.ofMinutes(1)) + history.map(kept -> HistoryFigures.text(kept.health())).orElse("");
        }

        @Override
        public void close() {
            history.ifPresent(History::close);
        }
    }

    Instruments(Gauges gauges, Settings settings, SiteDatabase database, Veem veem, PluginOffice jars) {
        this.gauges = gauges;
        var clock = gauges.clock();
        var measurements = gauges.measurements();
        var told = settings.measuring();
        var audit = new OrderAudit(database);
        sensors = new Sensors(settings.worker(), new Feed(measurements, clock), new StoredProbes(database, settings.worker()), audit, clock);
        told.agents().ifPresent(ends -> sensors.hear(new AgentLink(ends, sensors.collector(), audit)));
        sensors.station().rank(gauges.kpis()::priority);
        SiteKinds.all(database, measurements, sensors, settings.data().resolve("scripts")).forEach(kind -> sensors.kinds().offer(kind, "built in"));
        plugged = jars.forProbes(sensors.kinds());
        var looks = new HostLooks(veem, HostWatch.Paces.USUAL.deadline());
        probing = new Probing(new HostWatch(looks::sources, gauges.roster(), sensors.station(), sensors.kinds(), System::nanoTime, HostWatch.Paces.USUAL), measurements, clock);
        alarms = new AlarmOffice(new Alarms(settings.worker(), database, measurements, gauges.history(), new InternetPost(told.mail())), gauges.history().isPresent(), clock);
        pushing = new Receivers.Sending(told.pushes().stream().map(target -> new Push(measurements, clock, target)).toList());
    }

    /** The ports, and what can be shown of measurements. */
    Ports shown(Ports ports) {
        var kept = gauges.history().orElse(new NoHistory());
        return ports.with(MeasurementsView.class, new MeasuredView(gauges.measurements(), gauges.clock()))
                .with(ProbesView.class, new ProbeOffice(sensors, gauges.roster(), sensors::elsewhere))
                .with(AlarmsView.class, alarms).with(HistoryView.class, new HistoryShown(kept)).with(QueryView.class, new QueriesShown(kept));
    }

    void start() {
        probing.start();
        SiteKinds.begin(sensors.station());
        sensors.start();
        plugged.start();
        alarms.start();
    }

    @Override
    public void close() {
        Site.close(List.of(pushing, alarms, probing, plugged, sensors));
    }
}
