package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.List;

/** First fit in every way in which hosts can be told to be full, as many of them as were needed; the one that found room last is asked first. */
final class FirstFits {
    private final Needs needs;
    private final List<FirstFit> ways = new ArrayList<>();
    private int last;

    FirstFits(Needs needs) {
        this.needs = needs;
    }

    /** As {@link FirstFit#houses}. */
    boolean houses(int[] down, int[] some) {
        if (way(last).houses(down, some)) {
            return true;
        }
        for (int way = 0; way < FirstFit.ways(needs.state); way++) {
            if (way != last && way(way).houses(down, some)) {
                last = way;
                return true;
            }
        }
        return false;
    }

    private FirstFit way(int way) {
        while (ways.size() <= way) {
            ways.add(new FirstFit(needs, ways.size()));
        }
        return ways.get(way);
    }
}
