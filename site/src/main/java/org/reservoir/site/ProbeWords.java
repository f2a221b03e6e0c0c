package org.reservoir.site;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.gateways.ProbesView.Kind;
import org.reservoir.gateways.ProbesView.Parameter;
import org.reservoir.gateways.ProbesView.Probe;
import org.reservoir.gateways.ProbesView.Value;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.plane.KindShown;
import org.reservoir.monitoring.plane.Shown;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Registry.Known;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;

/** Says what is known of probes in the gateways' words. */
final class ProbeWords {
    private ProbeWords() {}

    static String name(SourceInfo source) {
        return source.name().isEmpty() ? source.id().toString() : source.name();
    }

    /** @param known as it is heard @param shown as its source sees it; at least one is there */
    static Probe probe(SourceInfo source, Optional<Known> known, Optional<Shown> shown) {
        var info = known.map(Known::info);
        var labels = info.map(StreamInfo::labels).orElse(Labels.NONE);
        var state = known.map(heard -> heard.state().name()).orElse("WAITING");
        var problem = known.map(Known::why).filter(why -> !why.isEmpty()).or(() -> shown.map(Shown::problem).filter(why -> !why.isEmpty()))
                .or(() -> shown.map(Shown::effort).filter(effort -> effort.held() > 1).map(effort -> "measured %.1f times less often: its source is at its budget".formatted(effort.held())));
        return new Probe(name(source), info.map(StreamInfo::name).or(() -> shown.map(Shown::name)).orElseThrow(), info.map(StreamInfo::number).or(() -> shown.map(Shown::stream)).orElseThrow(),
                shown.map(Shown::kind), shown.map(Shown::parameters).orElse(Map.of()), info.map(stream -> stream.subject().toString()).orElse(""),
                labels.service(), labels.component(), labels.host(), info.map(stream -> stream.schema().type()), info.map(ProbeWords::values).orElse(List.of()),
                state, shown.map(Shown::measured).orElse(state.equals("ON")), shown.map(each -> each.settings().on()).orElse(!state.equals("OFF")),
                shown.map(each -> each.settings().period()).or(() -> info.map(StreamInfo::period)).orElseThrow(), shown.filter(Shown::measured).map(each -> each.effort().period()),
                shown.map(each -> SendingWords.sending(each.settings().sending())), shown.map(each -> each.settings().delivery()).or(() -> info.map(StreamInfo::delivery)).orElseThrow().name(),
                shown.map(Shown::lasting).orElse(false), problem, shown.map(each -> each.effort().share()).orElse(0.0),
                known.map(Known::heard).orElse(0L), known.map(Known::gaps).orElse(0L), known.map(Known::twice).orElse(0L));
    }

    /** What was just added, also when nothing is heard of it yet. */
    static Probe added(Probe probe, Wanted wanted) {
        return new Probe(probe.source(), probe.name(), probe.stream(), probe.kind(), probe.parameters(), wanted.subject().toString(), wanted.labels().service(), wanted.labels().component(),
                wanted.labels().host(), probe.type(), probe.values(), probe.state(), probe.measured(), probe.on(), probe.period(), probe.periodNow(), probe.sending(), probe.delivery(),
                probe.lasting(), probe.problem(), probe.share(), probe.heard(), probe.gaps(), probe.twice());
    }

    private static List<Value> values(StreamInfo stream) {
        return stream.schema().attributes().stream().map(attribute -> new Value(attribute.name(), attribute.type().name(), attribute.unit(), attribute.optional())).toList();
    }

    static Kind kind(KindShown kind) {
        return new Kind(kind.name(), kind.purpose(), kind.parameters().stream().map(parameter -> new Parameter(parameter.name(), parameter.meaning(), parameter.usual())).toList(), kind.origin());
    }
}
