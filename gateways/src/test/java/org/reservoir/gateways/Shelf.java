package org.reservoir.gateways;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Predicate;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.kernel.Refused;

/** Things of one kind in memory, by id, with names and owners. */
final class Shelf<T> {
    private final ConcurrentSkipListMap<Long, T> things = new ConcurrentSkipListMap<>();
    private final String noun;
    private final String words;
    private final Function<T, String> name;
    private final Function<T, Ownership> ownership;

    /** @param noun of the command line and of ids @param words for people */
    Shelf(String noun, String words, Function<T, String> name, Function<T, Ownership> ownership) {
        this.noun = noun;
        this.words = words;
        this.name = name;
        this.ownership = ownership;
    }

    List<T> all() {
        return List.copyOf(things.values());
    }

    boolean has(long id) {
        return things.containsKey(id);
    }

    long next() {
        return things.isEmpty() ? 1 : things.lastKey() + 1;
    }

    T keep(long id, T thing) {
        things.put(id, thing);
        return thing;
    }

    void remove(long id) {
        things.remove(id);
    }

    void requireFree(String wanted) {
        if (things.values().stream().anyMatch(other -> name.apply(other).equals(wanted))) {
            throw taken(wanted);
        }
    }

    Refused taken(String wanted) {
        return Refused.conflict(words.toUpperCase(Locale.ROOT).replace(' ', '_') + "_NAME_TAKEN", "There is a %s called %s already.".formatted(words, wanted), "Choose another name.");
    }

    T usable(Caller caller, long id, Object text) {
        return Optional.ofNullable(things.get(id)).filter(found -> ownership.apply(found).allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound(noun.toUpperCase(Locale.ROOT) + "_NOT_FOUND", "There is no %s.".formatted(text), "See 'reservoir %s list'.".formatted(noun)));
    }

    Page<T> page(Page.Request page, Predicate<T> wanted) {
        var after = page.after().map(text -> Long.parseLong(text.substring(noun.length() + 1))).orElse(0L);
        var items = new ArrayList<T>();
        for (var entry : things.tailMap(after, false).entrySet()) {
            if (wanted.test(entry.getValue())) {
                if (items.size() == page.limit()) {
                    return new Page<>(items, Optional.of(noun + "-" + after));
                }
                items.add(entry.getValue());
                after = entry.getKey();
            }
        }
        return new Page<>(items, Optional.empty());
    }
}
