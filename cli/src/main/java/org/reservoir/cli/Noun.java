package org.reservoir.cli;

import java.util.List;
import java.util.function.Supplier;

/** What verbs are about. @param aliases other words for it @param made its verbs, made when they are asked for: all of all nouns take time */
record Noun(String name, String summary, List<String> aliases, Supplier<List<Verb>> made) {
    static Noun of(String name, String summary, Supplier<List<Verb>> made) {
        return new Noun(name, summary, List.of(), made);
    }

    List<Verb> verbs() {
        return made.get();
    }

    /** Whether it is a command by itself, such as {@code login}. */
    boolean isVerb() {
        var verbs = verbs();
        return verbs.size() == 1 && verbs.getFirst().name().isEmpty();
    }

    boolean isCalled(String word) {
        return name.equals(word) || aliases.contains(word);
    }
}
