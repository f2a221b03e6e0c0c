package org.reservoir.placement;

/**
 * Why a host does not take a demand.
 *
 * @param host       id of the host
 * @param constraint the kind of constraint that says no: {@code usable}, {@code memory}, {@code requirements}, {@code spread}, …
 * @param text       with the values: {@code "node-3 has 512 MiB memory left, 1 GiB is asked for"}
 * @param change     the smallest change that would lift it
 * @param effort     how much that change asks for, to compare changes by: a small shortage is less than a broken rule
 */
public record Objection(long host, String constraint, String text, String change, double effort) {
}
