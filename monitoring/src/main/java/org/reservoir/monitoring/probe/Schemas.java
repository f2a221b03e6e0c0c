package org.reservoir.monitoring.probe;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which schema each type of measurement has: the first that is told, for as long as a stream of it is there. Two that mean
 * different things by one word would make nonsense of every rule over it, so the second is refused.
 */
final class Schemas {
    /** A schema, and how many streams that are there have it. */
    static final class Use {
        private final Schema schema;
        private final AtomicInteger there = new AtomicInteger();
        private volatile boolean ousted;

        Use(Schema schema) {
            this.schema = schema;
        }

        /** Another schema took its place. */
        boolean isOusted() {
            return ousted;
        }

        void changes(boolean before, boolean after) {
            if (before != after) {
                there.addAndGet(after ? 1 : -1);
            }
        }
    }

    private final Map<String, Use> types = new ConcurrentHashMap<>();

    /** Takes a schema; empty when its type has another that is in use. */
    Optional<Use> take(Schema schema) {
        var use = types.compute(schema.type(), (_, known) -> {
            if (known != null && (known.schema.equals(schema) || known.there.get() > 0)) {
                return known;
            }
            if (known != null) {
                known.ousted = true;
            }
            return new Use(schema);
        });
        return use.schema.equals(schema) ? Optional.of(use) : Optional.empty();
    }

    List<Schema> all() {
        return types.values().stream().map(use -> use.schema).sorted(Comparator.comparing(Schema::type)).toList();
    }

    /** Forgets types of which no stream is there, but those that {@code known} streams have. */
    void forgetUnused(Set<String> known) {
        types.entrySet().removeIf(entry -> entry.getValue().there.get() == 0 && !known.contains(entry.getKey()));
    }
}
