package org.reservoir.kernel;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what was meant by a name that nothing has. */
public final class Spelling {
    private static final int NAMED = 10;

    private Spelling() {}

    /** The known name that differs least, when it differs by no more than a third of its letters. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        return known.stream().filter(word -> distance(name, word) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt((String word) -> distance(name, word)).thenComparing(Comparator.naturalOrder()));
    }

    /** Advice for people: what they may have meant, else some of what there is; nothing when there is nothing. */
    public static String advice(String name, Collection<String> known) {
        return nearest(name, known).map("Did you mean '%s'?"::formatted)
                .orElseGet(() -> known.isEmpty() ? "" : "There is: %s%s.".formatted(String.join(", ", known.stream().sorted().limit(NAMED).toList()), known.size() > NAMED ? " …" : ""));
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
