package org.reservoir.site;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.reservoir.gateways.AgentsView;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Subject;

/** Shows who may bring measurements as an agent, and gives out and takes away their keys. */
final class AgentOffice implements AgentsView {
    private final Optional<SiteVoices> voices;

    /** @param voices empty when this site hears no agents */
    AgentOffice(Optional<SiteVoices> voices) {
        this.voices = voices;
    }

    @Override
    public List<Agent> agents() {
        return voices.map(known -> known.entries(SiteVoices.Kind.AGENT).stream().map(entry -> shown(entry, known)).toList()).orElse(List.of());
    }

    @Override
    public Added add(String by, NewAgent agent) {
        var name = Name.of("agent", agent.name());
        var key = voices().add(SiteVoices.Kind.AGENT, name, Tells.asked(name, agent.host(), agent.subjects()), by);
        return new Added(name, number(key.number()), key.written());
    }

    @Override
    public void remove(String by, String name) {
        voices().remove(SiteVoices.Kind.AGENT, name, by);
    }

    private static Agent shown(SiteVoices.Entry entry, SiteVoices voices) {
        return new Agent(entry.name(), number(entry.number()), entry.tells().subjects().stream().map(Subject::toString).toList(), voices.refused(entry.number()), entry.added(), entry.by(),
                entry.tells().trouble(entry.name()).or(() -> forged(voices.forged(entry.number()))));
    }

    private static Optional<String> forged(long times) {
        return times == 0 ? Optional.empty() : Optional.of("%d datagrams or connections under its number were not sealed with its key: another stands in the agent's --key, or somebody else sends them".formatted(times));
    }

    private SiteVoices voices() {
        return voices.orElseThrow(() -> Refused.conflict("NO_AGENTS_HEARD", "This site hears no agents.", "Run it with --hear-agents ADDRESS:PORT."));
    }

    private static String number(int number) {
        return HexFormat.of().toHexDigits(number);
    }
}
