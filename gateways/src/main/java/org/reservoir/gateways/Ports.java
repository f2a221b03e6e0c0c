package org.reservoir.gateways;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.reservoir.access.Access;
import org.reservoir.access.Repeats;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Vmi;

/** What a gateway speaks to. What a site has not got, its gateways do not offer. */
public final class Ports {
    private final Access access;
    private final Vmi vmi;
    private final Repeats repeats;
    private final Map<Class<?>, Object> others;

    private Ports(Access access, Vmi vmi, Repeats repeats, Map<Class<?>, Object> others) {
        this.access = access;
        this.vmi = vmi;
        this.repeats = repeats;
        this.others = Map.copyOf(others);
    }

    public static Ports of(Access access, Vmi vmi, Repeats repeats) {
        return new Ports(access, vmi, repeats, Map.of());
    }

    /** The same with one more; instead of the one before it, if there was one. */
    public <P> Ports with(Class<P> port, P one) {
        var more = new HashMap<>(others);
        more.put(port, port.cast(one));
        return new Ports(access, vmi, repeats, more);
    }

    public Access access() {
        return access;
    }

    public Vmi vmi() {
        return vmi;
    }

    public Repeats repeats() {
        return repeats;
    }

    public Optional<Services> services() {
        return find(Services.class);
    }

    public Optional<MeasurementsView> measurements() {
        return find(MeasurementsView.class);
    }

    public Optional<GuestVoice> guests() {
        return find(GuestVoice.class);
    }

    public Optional<StatementsView> statements() {
        return find(StatementsView.class);
    }

    public Optional<EventSource> events() {
        return find(EventSource.class);
    }

    public Optional<SiteAdmin> site() {
        return find(SiteAdmin.class);
    }

    public Optional<PluginsView> plugins() {
        return find(PluginsView.class);
    }

    public Optional<AgentsView> agents() {
        return find(AgentsView.class);
    }

    public Optional<BordersView> borders() {
        return find(BordersView.class);
    }

    public Optional<ProbesView> probes() {
        return find(ProbesView.class);
    }

    public Optional<HistoryView> history() {
        return find(HistoryView.class);
    }

    public Optional<QueryView> queries() {
        return find(QueryView.class);
    }

    public Optional<AlarmsView> alarms() {
        return find(AlarmsView.class);
    }

    private <P> Optional<P> find(Class<P> port) {
        return Optional.ofNullable(others.get(port)).map(port::cast);
    }
}
