package org.reservoir.veem.placing;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Curve;
import org.reservoir.placement.policy.Terms;
import org.reservoir.plugins.PluginFault;
import org.reservoir.plugins.Provided;
import org.reservoir.plugins.Unfit;

/**
 * A plug-in's terms as plain numbers of our own, taken while it is called: afterwards nothing of the plug-in is asked or can change them.
 * What is no number, or does not fit the site, is a lie.
 */
public final class PlainTerms {
    /** The costs of VEEs are a table of VEEs by hosts: 32 MiB at most. */
    private static final long MOST_CELLS = 4L << 20;
    private static final int MOST_CURVES = 64;
    private static final double MOST = 1e12;

    private PlainTerms() {}

    /** What came of a call: plain data, or a lie in words. */
    public record Said<T>(Optional<T> answer, String lie) {
        /** @throws PluginFault when it was a lie; the plug-in is fenced off then */
        public T orElseLie(Provided<?> provided) throws PluginFault {
            if (answer.isEmpty()) {
                throw provided.lied("lied: " + lie);
            }
            return answer.get();
        }
    }

    public static <T> Said<T> said(Supplier<T> work) {
        try {
            return new Said<>(Optional.of(work.get()), "");
        } catch (Unfit lie) {
            return new Said<>(Optional.empty(), lie.getMessage());
        }
    }

    public static Terms of(Terms said, State state) {
        require(said != null, "no terms");
        require(said.curves() != null && said.curves().size() <= MOST_CURVES, "more than %d curves".formatted(MOST_CURVES));
        return new Terms(ofHosts(said.whenEmpty(), state, "an empty host"), ofHosts(said.whenUsed(), state, "a host in use"),
                said.curves().stream().map(curve -> curve(curve, state)).toList(), said.ofVee().map(cost -> table(cost, state)), said.spare().map(PlainTerms::spare));
    }

    private static double[] ofHosts(double[] said, State state, String what) {
        require(said != null && (said.length == 0 || said.length == state.hosts()), "not one cost of %s for each of %d hosts".formatted(what, state.hosts()));
        return numbers(said, what);
    }

    private static double[] numbers(double[] said, String what) {
        var copy = said.clone();
        Arrays.stream(copy).forEach(number -> number(number, what));
        return copy;
    }

    private static double number(double said, String what) {
        require(Math.abs(said) <= MOST, "%s costs %s".formatted(what, said));
        return said;
    }

    private static Curve curve(Curve said, State state) {
        require(said.resource() >= 0 && said.resource() < state.resources(), "a curve of the resource %d".formatted(said.resource()));
        require(said.weight().length == state.hosts(), "a curve for %d of %d hosts".formatted(said.weight().length, state.hosts()));
        return new Curve(said.resource(), numbers(said.weight(), "a full host"), numbers(said.load(), "a load"), numbers(said.cost(), "a full host"));
    }

    private static Terms.Spare spare(Terms.Spare said) {
        require(said.failures() >= 0, "headroom for %d failures".formatted(said.failures()));
        return new Terms.Spare(said.failures(), said.usedOnly(), number(said.points(), "a missing host"));
    }

    /** Where a VEE was is known, so its cost depends on where it goes alone. */
    private static Terms.VeeCost table(Terms.VeeCost said, State state) {
        int width = state.hosts() + 1;
        require((long) width * state.vees() <= MOST_CELLS, "a cost of each of %d VEEs on each of %d hosts, which is too much".formatted(state.vees(), state.hosts()));
        var cells = new double[state.vees() * width];
        var most = new double[state.vees()];
        for (int vee = 0; vee < state.vees(); vee++) {
            for (int to = State.NOWHERE; to < state.hosts(); to++) {
                double cost = number(said.at(vee, state.hostOf(vee), to), "a VEE");
                cells[vee * width + to + 1] = cost;
                most[vee] = Math.max(most[vee], Math.abs(cost));
            }
        }
        return new Table(width, cells, most);
    }

    private record Table(int width, double[] cells, double[] highest) implements Terms.VeeCost {
        @Override
        public double at(int vee, int from, int to) {
            return cells[vee * width + to + 1];
        }

        @Override
        public double most(int vee) {
            return highest[vee];
        }
    }

    private static void require(boolean fine, String otherwise) {
        if (!fine) {
            throw new Unfit(otherwise);
        }
    }

    /** The terms of nothing, when a goal counts no more. */
    public static Terms nothing() {
        return new Terms(new double[0], new double[0], List.of(), Optional.empty(), Optional.empty());
    }

    /** A state that a plug-in may do with what it likes: numbered as {@code state}, in which those that have places come before those that wait. */
    public static State copy(State state) {
        var hosts = IntStream.range(0, state.hosts()).mapToObj(state::host).toList();
        var placed = IntStream.range(0, state.vees()).filter(vee -> state.hostOf(vee) != State.NOWHERE)
                .mapToObj(vee -> new VeeView(state.demand(vee), state.host(state.hostOf(vee)).id())).toList();
        var copy = new State(new Snapshot(Resource.USUAL, hosts, placed, List.of()));
        IntStream.range(0, state.vees()).filter(vee -> state.hostOf(vee) == State.NOWHERE).forEach(vee -> copy.add(state.demand(vee)));
        return copy;
    }
}
