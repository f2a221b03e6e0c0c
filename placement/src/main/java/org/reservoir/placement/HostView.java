package org.reservoir.placement;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Value;

/**
 * A host as placement sees it.
 *
 * @param capacity   what it has
 * @param overcommit how often each resource may be promised: 1 for not at all; one factor for each resource
 * @param usable     false for disabled, draining or lost hosts: nothing new is placed there
 * @param asleep     switched off to save power; it takes VEEs once it is woken
 * @param attributes further words for expressions: {@code priority}, {@code load}, what an administrator set
 */
public record HostView(long id, String name, String rack, String site, boolean usable, boolean asleep, Amounts capacity,
        double[] overcommit, Set<String> labels, Map<String, Value> attributes) {

    public HostView {
        overcommit = overcommit.clone();
        labels = Set.copyOf(labels);
        attributes = Map.copyOf(attributes);
        for (double factor : overcommit) {
            if (!(factor > 0 && factor <= 1000)) {
                throw Refused.invalid("BAD_OVERCOMMIT", "Host %s: overcommit factor %s is not between 0 and 1000.".formatted(name, factor), "1 means no overcommit.");
            }
        }
        if (overcommit.length != capacity.size()) {
            throw Refused.invalid("BAD_OVERCOMMIT", "Host %s has %d resources but %d overcommit factors.".formatted(name, capacity.size(), overcommit.length), "");
        }
    }

    /** A host that is awake. */
    public HostView(long id, String name, String rack, String site, boolean usable, Amounts capacity, double[] overcommit, Set<String> labels, Map<String, Value> attributes) {
        this(id, name, rack, site, usable, false, capacity, overcommit, labels, attributes);
    }

    /** A usable host without overcommit, labels or attributes. */
    public static HostView of(long id, String name, Amounts capacity) {
        var ones = new double[capacity.size()];
        java.util.Arrays.fill(ones, 1);
        return new HostView(id, name, "", "", true, capacity, ones, Set.of(), Map.of());
    }

    public HostView in(String rack, String site) {
        return new HostView(id, name, rack, site, usable, asleep, capacity, overcommit, labels, attributes);
    }

    public HostView disabled() {
        return new HostView(id, name, rack, site, false, asleep, capacity, overcommit, labels, attributes);
    }

    public HostView sleeping() {
        return new HostView(id, name, rack, site, usable, true, capacity, overcommit, labels, attributes);
    }

    public HostView overcommitting(double... factors) {
        return new HostView(id, name, rack, site, usable, asleep, capacity, factors, labels, attributes);
    }

    public HostView labelled(String... labels) {
        return new HostView(id, name, rack, site, usable, asleep, capacity, overcommit, Set.of(labels), attributes);
    }

    public HostView with(String word, Value value) {
        var more = new java.util.HashMap<>(attributes);
        more.put(word, value);
        return new HostView(id, name, rack, site, usable, asleep, capacity, overcommit, labels, more);
    }

    @Override
    public double[] overcommit() {
        return overcommit.clone();
    }

    /** What {@link Constraint.Within} reads: {@code site}, {@code rack} or an attribute that is a text. */
    Optional<String> text(String word) {
        return switch (word) {
            case "site" -> Optional.of(site);
            case "rack" -> Optional.of(rack);
            default -> attributes.get(word) instanceof Value.Text(var text) ? Optional.of(text) : Optional.empty();
        };
    }

    /** An attribute that is a number from 0 on, or a text that reads as one. */
    public double number(String word, double usual) {
        return switch (attributes.get(word)) {
            case Value.Amount amount -> amount.number().doubleValue();
            case Value.Text(var text) when text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") -> new BigDecimal(text).doubleValue();
            case null, default -> usual;
        };
    }

    /** What may be promised of a resource: capacity times overcommit, rounded down. */
    public long promised(int resource) {
        return overcommit[resource] == 1 ? capacity.at(resource) : (long) Math.floor(capacity.at(resource) * overcommit[resource]);
    }
}
