package org.reservoir.placement.lease;

import java.util.List;

/**
 * Time that hosts were, or are to be, busy with a lease, from {@code from} to before {@code until}.
 *
 * @param nodes which of its nodes, counted from 1; {@code hosts} where each is
 * @param from  for moves: where the image of each comes from; otherwise empty
 */
public record Slot(long lease, SlotKind kind, long start, long until, List<Integer> nodes, List<Long> hosts, List<Long> from) {
    public Slot {
        nodes = List.copyOf(nodes);
        hosts = List.copyOf(hosts);
        from = List.copyOf(from);
    }
}
