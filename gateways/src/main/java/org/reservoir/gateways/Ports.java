package org.reservoir.gateways;

import java.util.Optional;

import org.reservoir.access.Access;
import org.reservoir.access.Repeats;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Vmi;

/** What a gateway speaks to. What a site has not got, its gateways do not offer. */
public record Ports(Access access, Vmi vmi, Repeats repeats, Optional<Services> services, Optional<MeasurementsView> measurements, Optional<GuestVoice> guests,
                    Optional<StatementsView> statements, Optional<EventSource> events, Optional<SiteAdmin> site, Optional<PluginsView> plugins,
                    Optional<HistoryView> history, Optional<QueryView> queries, Optional<AlarmsView> alarms) {

    public static Ports of(Access access, Vmi vmi, Repeats repeats) {
        return new Ports(access, vmi, repeats, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Ports with(Services other) {
        return new Ports(access, vmi, repeats, Optional.of(other), measurements, guests, statements, events, site, plugins, history, queries, alarms);
    }

    public Ports with(MeasurementsView other) {
        return new Ports(access, vmi, repeats, services, Optional.of(other), guests, statements, events, site, plugins, history, queries, alarms);
    }

    public Ports with(GuestVoice other) {
        return new Ports(access, vmi, repeats, services, measurements, Optional.of(other), statements, events, site, plugins, history, queries, alarms);
    }

    public Ports with(StatementsView other) {
        return new Ports(access, vmi, repeats, services, measurements, guests, Optional.of(other), events, site, plugins, history, queries, alarms);
    }

    public Ports with(EventSource other) {
        return new Ports(access, vmi, repeats, services, measurements, guests, statements, Optional.of(other), site, plugins, history, queries, alarms);
    }

    public Ports with(SiteAdmin other) {
        return new Ports(access, vmi, repeats, services, measurements, guests, statements, events, Optional.of(other), plugins, history, queries, alarms);
    }

    public Ports with(PluginsView other) {
        return new Ports(access, vmi, repeats, services, measurements, guests, statements, events, site, Optional.of(other), history, queries, alarms);
    }

    public Ports with(HistoryView other) {
        return new Ports(access, vmi, repeats, services, measurements, guests, statements, events, site, plugins, Optional.of(other), queries, alarms);
    }

    public Ports with(QueryView other) {
        return new Ports(access, vmi, repeats, services, measurements, guests, statements, events, site, plugins, history, Optional.of(other), alarms);
    }

    public Ports with(AlarmsView other) {
        return new Ports(access, vmi, repeats, services, measurements, guests, statements, events, site, plugins, history, queries, Optional.of(other));
    }
}
