package org.reservoir.monitoring.probe;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.SeriesKey;

/**
 * What a kind of measurement consists of; declared once, so that neither names nor types travel with each measurement.
 *
 * @param type       kind of measurement, such as {@code infra_vee}
 * @param attributes 1 to 64, in the order of their numbers
 */
public record Schema(String type, List<Attribute> attributes) {
    public static final int MOST_ATTRIBUTES = 64;

    /** @param unit for people, such as {@code percent}; may be empty; @param optional whether a measurement may lack it */
    public record Attribute(String name, ValueType type, String unit, boolean optional) {
        public Attribute {
            if (name.length() > 100 || !SeriesKey.isName(name) || unit.length() > 32) {
                throw Refused.invalid("BAD_SCHEMA", "'%s' in '%s' is no attribute.".formatted(shortened(name), shortened(unit)), "Use letters, digits and . _ - : / @.");
            }
        }

        public static Attribute of(String name, ValueType type) {
            return new Attribute(name, type, "", false);
        }
    }

    public Schema {
        attributes = List.copyOf(attributes);
        if (type.length() > 100 || !SeriesKey.isName(type) || attributes.isEmpty() || attributes.size() > MOST_ATTRIBUTES) {
            throw Refused.invalid("BAD_SCHEMA", "'%s' with %d attributes is no schema.".formatted(shortened(type), attributes.size()),
                    "Give a name and 1 to %d attributes.".formatted(MOST_ATTRIBUTES));
        }
        if (attributes.stream().map(Attribute::name).distinct().count() < attributes.size()) {
            throw Refused.invalid("BAD_SCHEMA", "Schema %s names an attribute twice.".formatted(type), "");
        }
    }

    public static Schema of(String type, Attribute... attributes) {
        return new Schema(type, List.of(attributes));
    }

    public int size() {
        return attributes.size();
    }

    public Optional<Integer> indexOf(String name) {
        for (int i = 0; i < attributes.size(); i++) {
            if (attributes.get(i).name().equals(name)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** @throws Refused {@code NO_SUCH_ATTRIBUTE} */
    public int index(String name) {
        return indexOf(name).orElseThrow(() -> Refused.invalid("NO_SUCH_ATTRIBUTE", "Measurements of type %s have no '%s'.".formatted(type, shortened(name)),
                "They have " + String.join(", ", attributes.stream().map(Attribute::name).toList()) + "."));
    }

    /** A bit for each attribute that every measurement must have. */
    long required() {
        long bits = 0;
        for (int i = 0; i < attributes.size(); i++) {
            bits |= attributes.get(i).optional() ? 0 : 1L << i;
        }
        return bits;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
