package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.post;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import org.reservoir.gateways.Ports;
import org.reservoir.gateways.ProbesView;
import org.reservoir.gateways.ProbesView.Budget;
import org.reservoir.gateways.ProbesView.Change;
import org.reservoir.gateways.ProbesView.Done;
import org.reservoir.gateways.ProbesView.Kind;
import org.reservoir.gateways.ProbesView.NewProbe;
import org.reservoir.gateways.ProbesView.Probe;
import org.reservoir.gateways.ProbesView.Source;
import org.reservoir.gateways.ProbesView.Which;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;

/** Sources and probes over REST, for administrators. */
final class ProbeRoutes {
    private static final String MONITORING = "/api/monitoring/v1/";
    private static final String PROBES = MONITORING + "probes";

    private final ProbesView probes;
    private final Ports ports;
    private final Names names;
    private final Subjects subjects;

    ProbeRoutes(ProbesView probes, Ports ports, Names names) {
        this.probes = probes;
        this.ports = ports;
        this.names = names;
        subjects = new Subjects(ports, names);
    }

    List<Route> routes() {
        return List.of(
                get(MONITORING + "sources", "source.list", "Lists processes that measure, also those that fell silent within the last ten minutes.",
                        x -> SiteRoutes.forAdministrator(x, probes::sources)).answers(new Shape.Many(Source.class)),
                get(MONITORING + "sources/{source}", "source.show", "Shows one, by id or name.", x -> SiteRoutes.forAdministrator(x, () -> probes.source(x.path("source"))))
                        .answers(Source.class),
                put(MONITORING + "sources/{source}/budget", "source.budget",
                        "Keeps a source within a budget: its streams are measured less often where it must be, those that a rule asks for never.", this::budget).takes(Budget.class).answers(Source.class),
                get(MONITORING + "kinds", "probe.kinds", "Lists the kinds of probes that can be added.", x -> SiteRoutes.forAdministrator(x, () -> kinds(x)))
                        .query("source", "Of this source, by id or name; of the server asked when left out.").query("prefix", "Whose names begin so.")
                        .answers(new Shape.Many(Kind.class)),
                filtered(get(PROBES, "probe.list", "Lists probes, by source and name.", this::list)).pages(Probe.class),
                get(PROBES + "/named", "probe.show", "Shows the probe of a name.", this::show).query("name", "The probe's name.").query("source", "Of this source, by id or name.")
                        .answers(Probe.class),
                create(PROBES, "probe.add", "Adds a probe; it comes again after a restart.", this::add).takes(NewProbe.class).answers(Probe.class),
                post(PROBES + "/actions/change", "probe.change", "Switches, re-rates or re-filters probes: those named, or those that fit.", this::change).takes(Changing.class)
                        .answers(Done.class),
                post(PROBES + "/actions/remove", "probe.remove", "Removes probes: those named, or those that fit.", this::remove).takes(Those.class).answers(Done.class));
    }

    /** @param all must be said to mean every probe @param service by id or name */
    record Those(List<String> names, Optional<String> source, Optional<String> prefix, Optional<String> kind, Optional<String> type, Optional<String> service, boolean all) {}

    record Changing(Those probes, Change change) {}

    private static Route filtered(Route route) {
        return route.query("source", "Of this source, by id or name.").query("name", "Of this name.").query("prefix", "Whose names begin so.")
                .query("kind", "Of this kind, such as host.cpu.").query("type", "That measure this type.").query("service", "Of VEEs of this service, by id or name.");
    }

    private Answer budget(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        probes.budget(x.caller().user().toString(), x.path("source"), x.body(Budget.class));
        return Answer.of(probes.source(x.path("source")));
    }

    private List<Kind> kinds(Exchange x) {
        return probes.kinds(x.query("source")).stream().filter(kind -> kind.name().startsWith(x.query("prefix").orElse(""))).toList();
    }

    private Answer list(Exchange x) {
        SiteRoutes.requireAdministrator(x);
        var which = new Which(x.query("name").map(List::of).orElse(List.of()), x.query("source"), x.query("prefix"), x.query("kind"), x.query("type"),
                x.query("service").map(name -> service(x, name)));
        var page = x.page();
        var after = page.after().orElse("");
        var left = probes.probes(which).stream().filter(probe -> place(probe).compareTo(after) > 0).limit(page.limit() + 1L).toList();
        var shown = left.subList(0, Math.min(page.limit(), left.size()));
        return x.paged(new Page<>(shown, left.size() > shown.size() ? Optional.of(place(shown.getLast())) : Optional.empty()));
    }

    private static String place(Probe probe) {
        return "%s %s".formatted(probe.source(), probe.name());
    }

    private Answer show(Exchange x) {
        SiteRoutes.requireAdministrator(x);
        var name = x.query("name").orElseThrow(() -> Refused.invalid("MISSING_PARAMETER", "The query parameter 'name' is needed.", ""));
        var found = probes.probes(new Which(List.of(name), x.query("source"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
        if (found.size() > 1) {
            throw Refused.conflict("NAME_AMBIGUOUS", "%d sources have a probe %s.".formatted(found.size(), name), "Name the source: one of %s.".formatted(
                    String.join(", ", found.stream().map(Probe::source).toList())));
        }
        return Answer.of(found.getFirst());
    }

    private Answer add(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        var asked = x.body(NewProbe.class);
        return Answer.of(probes.add(x.caller().user().toString(), asked.subject().map(subject -> asked.of(subjects.named(x, subject))).orElse(asked)));
    }

    private Answer change(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        var asked = x.body(Changing.class);
        if (asked.change().isNothing()) {
            throw Refused.invalid("NOTHING_TO_CHANGE", "The request changes nothing.", "Give at least one of on, period, sending, delivery.");
        }
        return Answer.of(probes.change(x.caller().user().toString(), which(x, asked.probes()), asked.change()));
    }

    private Answer remove(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        return Answer.of(probes.remove(x.caller().user().toString(), which(x, x.body(Those.class))));
    }

    private Which which(Exchange x, Those those) {
        boolean filter = those.prefix().isPresent() || those.kind().isPresent() || those.type().isPresent() || those.service().isPresent();
        if (!those.all() && !filter && those.names().isEmpty()) {
            throw Refused.invalid("SELECTION_NEEDED", "The request does not say for which probes it is.", "Give names, a prefix, kind, type or service; or all=true.");
        }
        if (!those.names().isEmpty() && (filter || those.all())) {
            throw Refused.invalid("SELECTION_TWICE", "The request gives names and a filter.", "Give one of them.");
        }
        return new Which(those.names(), those.source(), those.prefix(), those.kind(), those.type(), those.service().map(name -> service(x, name)));
    }

    private ServiceId service(Exchange x, String name) {
        return ports.services().map(services -> names.service(services, x.caller(), name))
                .orElseThrow(() -> Refused.notFound("SERVICE_NOT_FOUND", "There is no service %s.".formatted(name), ""));
    }
}
