package org.reservoir.placement.search;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.reservoir.kernel.Refused;

/**
 * Solvers by the names that a site's configuration uses: {@code greedy}, {@code lns} (our own search), those that jars on the class path bring ({@link Provider}: {@code cp-sat},
 * {@code cbc}, {@code scip}), and {@code portfolio}: our own search, then the exact solvers on the whole problem where it is small and on parts of it.
 */
public final class Solvers {
    public static final String LNS = "lns";
    public static final String PORTFOLIO = "portfolio";

    private Solvers() {}

    /** What a jar of solvers names in {@code META-INF/services}. Its solvers load what they need when they are first asked. */
    public interface Provider {
        Map<String, Solver> solvers();
    }

    private static Map<String, Solver> known() {
        var known = new TreeMap<String, Solver>(Map.of("greedy", new Greedy(), LNS, new LocalSearch()));
        ServiceLoader.load(Provider.class, Solvers.class.getClassLoader()).forEach(provider -> known.putAll(provider.solvers()));
        return known;
    }

    /** @throws Refused {@code UNKNOWN_SOLVER} with the names there are */
    public static Solver named(String name) {
        var known = known();
        if (name.equals(PORTFOLIO)) {
            return portfolio(known.entrySet().stream().filter(it -> it.getKey().equals("cp-sat")).map(Map.Entry::getValue).toList());
        }
        if (!known.containsKey(name)) {
            throw Refused.invalid("UNKNOWN_SOLVER", "There is no solver '%s'.".formatted(name), "There are: %s, %s.".formatted(known.keySet().stream().collect(Collectors.joining(", ")), PORTFOLIO));
        }
        return LNS.equals(name) || name.equals("greedy") ? known.get(name) : new Fallible(known.get(name));
    }

    private static Solver portfolio(List<Solver> exact) {
        return beside(java.util.stream.Stream.concat(exact.stream(), exact.stream().map(Neighbourhoods::new)).toList());
    }

    /** Our own search, and then these, each on a thread of its own that ends with the answer. */
    public static Solver beside(List<Solver> others) {
        return others.isEmpty() ? new LocalSearch() : new Beside(others);
    }

    private record Beside(List<Solver> others) implements Solver {
        @Override
        public String name() {
            return PORTFOLIO;
        }

        @Override
        public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                return new Portfolio(new LocalSearch(), others, threads).solve(problem, budget, better);
            }
        }
    }

    /** An exact solver that was chosen by name: what it declines our own search does, and the solution says why. */
    private record Fallible(Solver chosen) implements Solver {
        @Override
        public String name() {
            return chosen.name();
        }

        @Override
        public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
            return chosen.declines(problem).map(why -> new LocalSearch().solve(problem, budget, better).faulted(List.of("%s declines: %s".formatted(chosen.name(), why))))
                    .orElseGet(() -> chosen.solve(problem, budget, better));
        }
    }
}
