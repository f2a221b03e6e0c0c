package org.reservoir.monitoring.kinds;

import java.util.ArrayList;
import java.util.List;

import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** Writes schemas of many attributes of the same unit down in few words. */
final class Schemas {
    private final String type;
    private final List<Schema.Attribute> attributes = new ArrayList<>();

    private Schemas(String type) {
        this.type = type;
    }

    /** One of a type of its own: what is chosen freely is told apart by its attributes, the same at every start. */
    static Schema distinct(String type, List<Schema.Attribute> attributes) {
        var words = String.join(",", attributes.stream().map(each -> each.name() + ":" + each.unit()).toList());
        return new Schema("%s.%08x".formatted(type, words.hashCode()), attributes);
    }

    static Schemas of(String type, String unit, String... names) {
        return new Schemas(type).and(unit, names);
    }

    Schemas and(String unit, String... names) {
        return and(ValueType.DOUBLE, unit, names);
    }

    Schemas and(ValueType valueType, String unit, String... names) {
        for (var name : names) {
            attributes.add(new Schema.Attribute(name, valueType, unit, true));
        }
        return this;
    }

    /** Every attribute may be absent: a rate needs a look before, a figure a kernel that tells it. */
    Schema optional() {
        return new Schema(type, attributes);
    }
}
