package org.reservoir.plugins;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.reservoir.kernel.Refused;

/** What came of a jar that was taken: the things it provides, by kind. Nobody but this holds on to them. */
record Loaded(String signer, Map<Class<?>, List<Provided<?>>> things) {

    /** Reads, checks and tries a jar. @param fence called with the reason when it misbehaves later @throws Refused when it is not taken */
    static Loaded of(String name, PluginJar jar, List<Kind<?>> kinds, Budget budget, Consumer<String> fence) {
        var provided = kinds.stream().filter(kind -> !jar.services().getOrDefault(kind.type().getName(), List.of()).isEmpty()).toList();
        if (provided.isEmpty()) {
            throw Refused.invalid("PLUGIN_PROVIDES_NOTHING", "%s provides nothing that this site takes.".formatted(name),
                    "It must hold one of: %s.".formatted(kinds.stream().map(Kind::service).collect(Collectors.joining(", "))));
        }
        var loader = PluginLoader.of(name, jar, packages(provided)); // what another kind may use is not for it
        var things = provided.stream().collect(Collectors.<Kind<?>, Class<?>, List<Provided<?>>>toMap(Kind::type, kind -> all(name, jar, loader, kind, budget, fence)));
        return new Loaded(jar.signer(), things);
    }

    private static Set<String> packages(List<Kind<?>> kinds) {
        var packages = new HashSet<String>();
        kinds.forEach(kind -> kind.packages().forEach(name -> packages.add(name.replace('.', '/'))));
        return packages;
    }

    private static <T> List<Provided<?>> all(String name, PluginJar jar, PluginLoader loader, Kind<T> kind, Budget budget, Consumer<String> fence) {
        var all = new ArrayList<Provided<?>>();
        for (var type : jar.services().getOrDefault(kind.type().getName(), List.of())) {
            all.add(new Provided<>(name, made(name, loader, kind, type, budget), budget, fence));
        }
        return List.copyOf(all);
    }

    private static <T> T made(String name, PluginLoader loader, Kind<T> kind, String type, Budget budget) {
        try {
            return Calls.within(budget, name, () -> {
                var it = kind.type().cast(Class.forName(type, true, loader).getDeclaredConstructor().newInstance());
                kind.trial().accept(it);
                return it;
            });
        } catch (PluginFault fault) {
            throw Refused.invalid("PLUGIN_FAILS_ITS_TRIAL", "%s, when %s was tried.".formatted(fault.getMessage(), type), "It needs a public constructor without parameters, and must pass the trials of its kind.");
        }
    }

    List<String> provides() {
        return things.values().stream().flatMap(List::stream).map(Provided::name).map(name -> name.substring(name.indexOf('/') + 1)).sorted().toList();
    }
}
