package org.reservoir.monitoring.plane;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;

/** The kinds of probes that a process can make, by name; kinds come and go while it runs. Safe for several threads. */
public final class Kinds {
    /** Hears of kinds that come and go. */
    interface Watcher {
        void came(String kind);

        void went(String kind);
    }

    private record Offered(ProbeKind kind, String origin) {}

    private final Map<String, Offered> offered = new ConcurrentSkipListMap<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    /**
     * @param origin {@code built in}, or whose it is, for people
     * @throws Refused {@code KIND_TAKEN}, {@code BAD_KIND}
     */
    public void offer(ProbeKind kind, String origin) {
        var name = kind.name();
        if (name.length() > 100 || !SeriesKey.isName(name)) {
            throw Refused.invalid("BAD_KIND", "A kind of probe has no usable name.", "Use up to 100 letters, digits and . _ - : / @.");
        }
        var other = offered.putIfAbsent(name, new Offered(kind, origin));
        if (other != null) {
            throw Refused.conflict("KIND_TAKEN", "There is a kind of probe %s already (%s).".formatted(name, other.origin()), "Name it otherwise.");
        }
        watchers.forEach(watcher -> watcher.came(name));
    }

    /** From now on no probe of that kind is made, and those that run end. */
    public void withdraw(String name) {
        if (offered.remove(name) != null) {
            watchers.forEach(watcher -> watcher.went(name));
        }
    }

    public boolean has(String name) {
        return offered.containsKey(name);
    }

    /** By name. */
    public List<KindShown> list() {
        return offered.values().stream().map(each -> new KindShown(each.kind().name(), each.kind().purpose(), each.kind().parameters(), each.origin())).toList();
    }

    /** @throws Refused {@code NO_SUCH_KIND}, {@code BAD_PROBE} when a parameter is missing or unknown, or the kind cannot make a probe of them */
    public Probe make(String name, Map<String, String> parameters) {
        var found = offered.get(name);
        if (found == null) {
            throw Refused.notFound("NO_SUCH_KIND", "There is no kind of probe '%s'.".formatted(shortened(name)), "There are: %s.".formatted(String.join(", ", offered.keySet())));
        }
        var known = found.kind().parameters();
        for (var given : parameters.keySet()) {
            if (known.stream().noneMatch(parameter -> parameter.name().equals(given))) {
                throw bad(name, "does not take a parameter '%s'".formatted(shortened(given)), known);
            }
        }
        for (var parameter : known) {
            if (parameter.usual().isEmpty() && !parameters.containsKey(parameter.name())) {
                throw bad(name, "needs the parameter '%s'".formatted(parameter.name()), known);
            }
        }
        var all = new java.util.HashMap<String, String>();
        known.forEach(parameter -> parameter.usual().ifPresent(usual -> all.put(parameter.name(), usual)));
        all.putAll(parameters);
        return found.kind().make(Map.copyOf(all));
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    private static Refused bad(String kind, String what, List<ProbeKind.Parameter> known) {
        var names = known.stream().map(parameter -> parameter.name() + parameter.usual().map(" (%s)"::formatted).orElse("")).toList();
        return Refused.invalid("BAD_PROBE", "A probe of kind %s %s.".formatted(kind, what), names.isEmpty() ? "It takes none." : "It takes %s.".formatted(String.join(", ", names)));
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
