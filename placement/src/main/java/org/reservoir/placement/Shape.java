package org.reservoir.placement;

import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Rows;
import org.reservoir.kernel.expression.Value;

/** What demands that are alike have in common: the same hosts take them, in the same order. */
record Shape(Amounts amounts, Optional<Expression> requirements, Rank rank) {
    private static final double GIB = 1L << 30;
    /** A thousand VEEs count less than a thousandth of a unit of the currency. */
    private static final double AMONG_EQUALS = 1e-7;
    static final double NOT_HERE = Double.NEGATIVE_INFINITY;
    private static final double RANK_UNKNOWN = -Double.MAX_VALUE / 2;
    /** Hosts that must be woken first come last. */
    private static final double ASLEEP = -Double.MAX_VALUE;

    static Shape of(Demand demand, Rank rank) {
        return new Shape(demand.amounts(), demand.requirements(), demand.rank().<Rank>map(Rank.Custom::new).orElse(rank));
    }

    /** The rank of a host, or {@link #NOT_HERE}: depends on nothing but that host's own state. Group rules are not looked at. */
    IntToDoubleFunction scores(State state) {
        var ranks = ranks(state, new HostWords(state));
        var allowed = requirements.map(state::compiled).orElse(_ -> Rows.Truths.TRUE);
        return host -> {
            if (!state.usable[host] || !state.fits(amounts, host) || allowed.at(host) != Rows.Truths.TRUE) {
                return NOT_HERE;
            }
            if (state.asleep[host]) {
                return ASLEEP;
            }
            double rank = ranks.at(host);
            return rank != rank ? RANK_UNKNOWN : rank;
        };
    }

    private Rows.Numbers costs(State state, double perCpu, double perGib) {
        var costs = state.hosts.stream().mapToDouble(host -> amounts.at(0) / 1000.0 * host.number("cost_cpu", perCpu)
                + (amounts.size() > 1 ? amounts.at(1) / GIB * host.number("cost_gib", perGib) : 0)).toArray();
        return host -> -costs[host] - state.running(host) * AMONG_EQUALS;
    }

    private Rows.Numbers ranks(State state, HostWords words) {
        return switch (rank) {
            case Rank.Simple.PACKING -> host -> state.running(host);
            case Rank.Simple.STRIPING -> host -> -state.running(host);
            case Rank.Simple.LOAD_AWARE -> host -> state.free(host, 0);
            case Rank.Simple.FIXED -> host -> state.hosts.get(host).attributes().get("priority") instanceof Value.Amount p ? p.number().doubleValue() : 0;
            case Rank.Cheapest(var perCpu, var perGib) -> costs(state, perCpu, perGib);
            case Rank.Custom(var number) -> number.compileNumber(words);
        };
    }
}
