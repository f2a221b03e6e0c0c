package org.reservoir.site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.gateways.ProbesView;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.Whereabouts;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Controlled;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Shown;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Registry.Known;
import org.reservoir.monitoring.probe.Registry.KnownSource;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;

/**
 * Shows the gateways what measures, and passes on what people order. What is known of sources comes from the registry; what only
 * a source itself knows, such as the kinds of its probes, is asked of this server's own, and of another when it alone is meant.
 */
final class ProbeOffice implements ProbesView {
    private static final Duration USUAL_PERIOD = Duration.ofSeconds(10);
    private static final Duration USUAL_DEADLINE = Duration.ofSeconds(5);

    private final Sensors sensors;
    private final Whereabouts whereabouts;
    private final Function<SourceInfo, Optional<Controlled>> elsewhere;
    private final Function<KnownSource, Optional<String>> keyTrouble;

    /** @param elsewhere how a source in another process is given orders, where it can be @param keyTrouble why what it brings is not taken */
    ProbeOffice(Sensors sensors, Whereabouts whereabouts, Function<SourceInfo, Optional<Controlled>> elsewhere, Function<KnownSource, Optional<String>> keyTrouble) {
        this.keyTrouble = keyTrouble;
        this.sensors = sensors;
        this.whereabouts = whereabouts;
        this.elsewhere = elsewhere;
    }

    // ---- sources

    @Override
    public List<Source> sources() {
        return sensors.collector().registry().sources().stream().map(this::shown).toList();
    }

    @Override
    public Source source(String source) {
        return shown(known(source));
    }

    @Override
    public void budget(String by, String source, Budget budget) {
        var within = new Budgets(budget.share().orElse(Double.POSITIVE_INFINITY), budget.perListener().orElse(Double.POSITIVE_INFINITY));
        controlled(known(source).info()).apply(new Order.Budget(within), by).orThrow();
    }

    private KnownSource known(String text) {
        var found = sensors.collector().registry().sources().stream()
                .filter(source -> source.info().id().toString().equals(text) || source.info().name().equals(text)).sorted(Comparator.comparing(KnownSource::lost)).toList();
        if (found.isEmpty()) {
            throw Refused.notFound("NO_SUCH_SOURCE", "Nothing is heard of a source %s.".formatted(text), "See 'reservoir source list'.");
        }
        return found.getFirst(); // of several starts of one process, the one that lives
    }

    private Source shown(KnownSource known) {
        var info = known.info();
        var streams = new TreeMap<String, Integer>();
        known.streams().forEach((state, count) -> streams.put(state.name(), count));
        var orders = isHere(info.id()) ? Optional.of("here") : Optional.of(info.orders()).filter(text -> !text.isEmpty());
        return new Source(info.id().toString(), info.name(), info.host(), known.lost() ? "LOST" : "ALIVE", known.silent(), orders, info.probes(), streams, info.share(),
                info.failures(), known.gaps(), problem(known));
    }

    private Optional<String> problem(KnownSource known) {
        var problem = Stream.concat(keyTrouble.apply(known).stream(), Stream.of(known.problem())).filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
        return Optional.of(problem).filter(text -> !text.isEmpty());
    }

    private boolean isHere(SourceId id) {
        return id.equals(sensors.station().id());
    }

    /** @throws Refused {@code SOURCE_TAKES_NO_ORDERS} */
    private Controlled controlled(SourceInfo info) {
        if (isHere(info.id())) {
            return sensors.station();
        }
        return elsewhere.apply(info).orElseThrow(() -> Refused.conflict("SOURCE_TAKES_NO_ORDERS", "%s cannot be given orders from here.".formatted(info.name()), ""));
    }

    private Controlled target(Optional<String> source) {
        return source.map(text -> controlled(known(text).info())).orElse(sensors.station());
    }

    // ---- probes

    @Override
    public List<Probe> probes(Which which) {
        var source = which.source().map(this::known);
        var probes = new ArrayList<Probe>();
        var asked = new LinkedHashMap<SourceId, Map<Integer, Shown>>();
        asked.put(sensors.station().id(), shownBy(sensors.station()));
        source.filter(known -> !known.lost() && !isHere(known.info().id())).flatMap(known -> elsewhere.apply(known.info()))
                .ifPresent(far -> asked.put(far.id(), shownBy(far)));
        var sources = new LinkedHashMap<SourceId, SourceInfo>();
        sensors.collector().registry().sources().forEach(known -> sources.put(known.info().id(), known.info()));
        for (var known : sensors.collector().registry().streams(Interest.ALL)) {
            var id = known.info().source();
            var shown = Optional.ofNullable(asked.get(id)).map(shownThere -> shownThere.remove(known.info().number()));
            probes.add(ProbeWords.probe(sources.getOrDefault(id, SourceInfo.unnamed(id)), Optional.of(known), shown));
        }
        asked.forEach((id, waiting) -> waiting.values().forEach(shown ->
                probes.add(ProbeWords.probe(sources.getOrDefault(id, SourceInfo.unnamed(id)), Optional.empty(), Optional.of(shown)))));
        var fitting = probes.stream().filter(probe -> fits(probe, which, source)).sorted(Comparator.comparing(Probe::source).thenComparing(Probe::name)).toList();
        which.names().stream().filter(name -> fitting.stream().noneMatch(probe -> probe.name().equals(name))).findFirst().ifPresent(name -> {
            throw Refused.notFound("NO_SUCH_PROBE", "There is no probe %s.".formatted(name), "See 'reservoir probe list'.");
        });
        return fitting;
    }

    private static boolean fits(Probe probe, Which which, Optional<KnownSource> source) {
        return (which.names().isEmpty() ? !probe.state().equals("RETIRED") : which.names().contains(probe.name()))
                && source.map(known -> ProbeWords.name(known.info()).equals(probe.source())).orElse(true)
                && which.prefix().map(probe.name()::startsWith).orElse(true)
                && which.kind().map(Optional::of).map(probe.kind()::equals).orElse(true)
                && which.type().map(Optional::of).map(probe.type()::equals).orElse(true)
                && which.service().map(Optional::of).map(probe.service()::equals).orElse(true);
    }

    /** All probes of a source, by number. */
    private static Map<Integer, Shown> shownBy(Controlled source) {
        return shownBy(source, Selection.ALL);
    }

    private static Map<Integer, Shown> shownBy(Controlled source, Selection selection) {
        var shown = new LinkedHashMap<Integer, Shown>();
        int after = 0;
        for (boolean more = true; more; ) {
            var page = (Answer.Probes) source.apply(new Order.List(selection, after, Order.List.MOST), "").orThrow();
            page.probes().forEach(probe -> shown.put(probe.stream(), probe));
            more = page.more() && !page.probes().isEmpty();
            after = page.probes().isEmpty() ? after : page.probes().getLast().stream();
        }
        return shown;
    }

    @Override
    public List<Kind> kinds(Optional<String> source) {
        var target = target(source);
        var kinds = new ArrayList<Kind>();
        for (boolean more = true; more; ) {
            var page = (Answer.KindsThere) target.apply(new Order.ListKinds(kinds.isEmpty() ? "" : kinds.getLast().name()), "").orThrow();
            page.kinds().forEach(kind -> kinds.add(ProbeWords.kind(kind)));
            more = page.more() && !page.kinds().isEmpty();
        }
        return kinds;
    }

    @Override
    public Probe add(String by, NewProbe probe) {
        var subject = probe.subject().map(Subject::parse).orElseGet(() -> usualSubject(probe.source()));
        var labels = subject instanceof Subject.OfVee(var vee) ? whereabouts.of(vee).orElse(Labels.NONE) : Labels.NONE;
        var settings = new ProbeSettings(!probe.off(), probe.period().orElse(USUAL_PERIOD), probe.sending().map(SendingWords::transmission).orElse(ProbeSettings.every(USUAL_PERIOD).sending()),
                delivery(probe.delivery().orElse(Delivery.CONTROL.name())), probe.deadline().orElse(USUAL_DEADLINE));
        var target = target(probe.source());
        var wanted = new Wanted(probe.name(), probe.kind(), probe.parameters(), subject, labels, settings);
        target.apply(new Order.Add(wanted, true), by).orThrow();
        var shown = (Answer.Probes) target.apply(new Order.List(Selection.named(probe.name()), 0, 1), "").orThrow();
        var info = sensors.collector().registry().sources().stream().map(KnownSource::info).filter(each -> each.id().equals(target.id())).findFirst()
                .orElse(SourceInfo.unnamed(target.id()));
        var stream = sensors.collector().registry().stream(new org.reservoir.monitoring.probe.StreamKey(target.id(), shown.probes().getFirst().stream()));
        return ProbeWords.added(ProbeWords.probe(info, stream, Optional.of(shown.probes().getFirst())), wanted);
    }

    /** An agent's key tells of its host, and a server of the site. */
    private Subject usualSubject(Optional<String> source) {
        return source.map(text -> known(text).info()).filter(info -> !isHere(info.id())).flatMap(SourceInfo::host).map(Subject::of).orElseGet(Subject::site);
    }

    private static Delivery delivery(String text) {
        try {
            return Delivery.valueOf(text.toUpperCase(java.util.Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_DELIVERY", "Nothing is delivered '%s'.".formatted(text), "Say CONTROL or ACCOUNTING.");
        }
    }

    // ---- orders to many

    @Override
    public Done change(String by, Which which, Change change) {
        var orders = new ArrayList<Function<Selection, Order>>();
        change.sending().map(SendingWords::transmission).ifPresent(sending -> orders.add(of -> new Order.Filter(of, sending)));
        change.period().ifPresent(period -> orders.add(of -> new Order.Rate(of, period)));
        change.delivery().map(ProbeOffice::delivery).ifPresent(delivery -> orders.add(of -> new Order.Deliver(of, delivery)));
        change.on().ifPresent(on -> orders.add(of -> new Order.Switch(of, on)));
        return ordered(by, which, orders);
    }

    @Override
    public Done remove(String by, Which which) {
        if (targets(which).contains(sensors.station())) {
            refuseOwn(which);
        }
        return ordered(by, which, List.of(Order.Remove::new));
    }

    /** What this server adds by itself would be there again at its next start, whoever removed it; that it is off is remembered. */
    private void refuseOwn(Which which) {
        var some = which.names().isEmpty() ? selections(which).getFirst() : Selection.ALL;
        var own = shownBy(sensors.station(), some).values().stream().filter(probe -> !probe.lasting() && (which.names().isEmpty() || which.names().contains(probe.name())))
                .map(Shown::name).sorted().toList();
        if (!own.isEmpty()) {
            throw Refused.conflict("PROBE_STAYS", "%s%s of the server itself and would be there again at its next start; nothing was removed.".formatted(own.getFirst(),
                    own.size() == 1 ? " is" : " and %d others are".formatted(own.size() - 1)), "Switch off what is not wanted, which is remembered: reservoir probe off %s".formatted(own.getFirst()));
        }
    }

    private Done ordered(String by, Which which, List<Function<Selection, Order>> orders) {
        var targets = targets(which);
        int changed = 0;
        var problems = new ArrayList<String>();
        for (var selection : selections(which)) {
            int of = 0;
            var refusals = new ArrayList<Refused>();
            for (var target : targets) {
                try {
                    of += doAll(by, target, selection, orders, problems);
                } catch (Refused refused) {
                    refusals.add(refused);
                }
            }
            refused(refusals, targets.size(), which, problems);
            changed += of;
        }
        return new Done(changed, problems);
    }

    private static int doAll(String by, Controlled target, Selection selection, List<Function<Selection, Order>> orders, List<String> problems) {
        int changed = 0;
        for (var order : orders) {
            var done = (Answer.Done) target.apply(order.apply(selection), by).orThrow();
            changed = Math.max(changed, done.changed());
            if (done.unfit() > 0) {
                problems.add(done.unfit() == 1 ? done.firstWhy() : "%d could not: %s".formatted(done.unfit(), done.firstWhy()));
            }
        }
        return changed;
    }

    /** One name is either found or refused; of many things, who could not be ordered is told. */
    private static void refused(List<Refused> refusals, int targets, Which which, List<String> problems) {
        var grave = refusals.stream().filter(refused -> targets == 1 || !refused.code().equals("NO_SUCH_PROBE")).findFirst()
                .or(() -> refusals.size() == targets ? refusals.stream().findFirst() : Optional.empty());
        if (grave.isPresent() && which.names().size() <= 1 && targets == 1) {
            throw grave.get();
        }
        grave.ifPresent(refused -> problems.add(refused.getMessage()));
    }

    private static List<Selection> selections(Which which) {
        if (which.names().isEmpty()) {
            return List.of(new Selection(Set.of(), which.prefix().orElse(""), Optional.empty(), which.type(), which.service(), which.kind()));
        }
        return which.names().stream().map(Selection::named).toList();
    }

    /** The source that is meant, or all that live and take orders. */
    private List<Controlled> targets(Which which) {
        if (which.source().isPresent()) {
            return List.of(target(which.source()));
        }
        var targets = new ArrayList<Controlled>(List.of(sensors.station()));
        sensors.collector().registry().sources().stream().filter(known -> !known.lost() && !isHere(known.info().id())).map(KnownSource::info)
                .forEach(info -> elsewhere.apply(info).ifPresent(targets::add));
        return targets;
    }
}
