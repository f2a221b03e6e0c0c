package org.reservoir.gateways;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;

/** One source, server-1, with one kind of probe; remembers what it is told. */
final class FakeProbes implements ProbesView {
    private static final Source SOURCE = new Source("source-1f", "server-1", Optional.empty(), "ALIVE", Duration.ofSeconds(2), Optional.of("here"), 2, Map.of("ON", 2), 0.00125, 0, 0,
            Optional.empty());
    private static final Source AGENT = new Source("source-2a", "agent of n3", Optional.of(new HostId(3)), "LOST", Duration.ofMinutes(2), Optional.of("10.0.0.3:9471"), 40,
            Map.of("LOST", 40), 0.01, 7, 12, Optional.empty());
    private final TreeMap<String, Probe> probes = new TreeMap<>();

    FakeProbes() {
        probes.put("hosts.host-1.load", probe("hosts.host-1.load", Map.of("over", "1m"), "host-1", Duration.ofSeconds(5), Sending.of("always"), false));
        probes.put("services.shop.queue", probe("services.shop.queue", Map.of("over", "5m"), "site", Duration.ofSeconds(30),
                new Sending("dead-band", Optional.of("load"), Optional.of(0.1), true, Optional.empty(), Optional.empty(), Optional.of(Duration.ofMinutes(1)), Optional.empty(), Optional.empty()), true));
    }

    private Probe probe(String name, Map<String, String> parameters, String subject, Duration period, Sending sending, boolean lasting) {
        return new Probe("server-1", name, probes.size() + 1, Optional.of("host.load"), parameters, subject, Optional.<ServiceId>empty(), Optional.empty(), Optional.empty(), Optional.of("load"),
                List.of(new Value("load", "DOUBLE", "", false)), "ON", true, true, period, Optional.of(period), Optional.of(sending), "CONTROL", lasting, Optional.empty(), 0.0004, 17, 0, 0);
    }

    @Override
    public List<Source> sources() {
        return List.of(AGENT, SOURCE);
    }

    @Override
    public Source source(String source) {
        return sources().stream().filter(each -> each.name().equals(source) || each.id().equals(source)).findFirst()
                .orElseThrow(() -> Refused.notFound("NO_SUCH_SOURCE", "Nothing is heard of a source %s.".formatted(source), "See 'reservoir source list'."));
    }

    @Override
    public void budget(String by, String source, Budget budget) {
        source(source);
        if (budget.share().orElse(1.0) <= 0) {
            throw Refused.invalid("BAD_BUDGET", "Nothing can be measured within nothing.", "Both are more than nothing.");
        }
    }

    @Override
    public synchronized List<Probe> probes(Which which) {
        which.source().ifPresent(this::source);
        for (var name : which.names()) {
            if (!probes.containsKey(name)) {
                throw Refused.notFound("NO_SUCH_PROBE", "There is no probe %s.".formatted(name), "See 'reservoir probe list'.");
            }
        }
        return probes.values().stream().filter(probe -> which.names().isEmpty() || which.names().contains(probe.name())).filter(probe -> probe.name().startsWith(which.prefix().orElse("")))
                .filter(probe -> which.kind().isEmpty() || which.kind().equals(probe.kind())).filter(probe -> which.type().isEmpty() || which.type().equals(probe.type()))
                .filter(probe -> which.service().isEmpty() || which.service().equals(probe.service())).toList();
    }

    @Override
    public List<Kind> kinds(Optional<String> source) {
        source.ifPresent(this::source);
        return List.of(new Kind("host.load", "How many threads wait for a processor.", List.of(new Parameter("over", "1m, 5m or 15m", Optional.of("1m"))), "built in"));
    }

    @Override
    public synchronized Probe add(String by, NewProbe asked) {
        if (probes.containsKey(asked.name())) {
            throw Refused.conflict("PROBE_TAKEN", "There is a probe %s already.".formatted(asked.name()), "Name it otherwise, or remove that one first.");
        }
        if (!asked.kind().equals("host.load")) {
            throw Refused.notFound("NO_SUCH_KIND", "There is no kind of probe '%s'.".formatted(asked.kind()), "There are: host.load.");
        }
        probes.put(asked.name(), probe(asked.name(), asked.parameters(), asked.subject().orElse("site"), asked.period().orElse(Duration.ofSeconds(10)),
                asked.sending().orElse(Sending.of("always")), true));
        return probes.get(asked.name());
    }

    @Override
    public synchronized Done change(String by, Which which, Change change) {
        var those = probes(which);
        those.forEach(probe -> probes.put(probe.name(), changed(probe, change)));
        return new Done(those.size(), List.of());
    }

    private static Probe changed(Probe old, Change change) {
        boolean on = change.on().orElse(old.on());
        var period = change.period().orElse(old.period());
        return new Probe(old.source(), old.name(), old.stream(), old.kind(), old.parameters(), old.subject(), old.service(), old.component(), old.host(), old.type(), old.values(),
                on ? "ON" : "OFF", on, on, period, on ? Optional.of(period) : Optional.empty(), change.sending().or(old::sending), change.delivery().orElse(old.delivery()), old.lasting(),
                old.problem(), old.share(), old.heard(), old.gaps(), old.twice());
    }

    @Override
    public synchronized Done remove(String by, Which which) {
        var those = new ArrayList<>(probes(which));
        those.forEach(probe -> probes.remove(probe.name()));
        return new Done(those.size(), List.of());
    }
}
