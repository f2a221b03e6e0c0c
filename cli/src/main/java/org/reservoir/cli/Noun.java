package org.reservoir.cli;

import java.util.List;

/** What verbs are about. @param aliases other words for it */
record Noun(String name, String summary, List<String> aliases, List<Verb> verbs) {
    static Noun of(String name, String summary, Verb... verbs) {
        return new Noun(name, summary, List.of(), List.of(verbs));
    }

    /** Whether it is a command by itself, such as {@code login}. */
    boolean isVerb() {
        return verbs.size() == 1 && verbs.getFirst().name().isEmpty();
    }

    boolean isCalled(String word) {
        return name.equals(word) || aliases.contains(word);
    }
}
