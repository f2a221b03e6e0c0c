package org.reservoir.monitoring.wire;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;

import org.reservoir.monitoring.probe.StreamKey;
import org.reservoir.monitoring.probe.StreamState;

/** What was said last of each stream, and of which it is still to be told on this connection. Not for several threads. */
final class ToldStreams {
    private static final int MOST = 200_000;

    private final Map<StreamKey, Words.Told> told = new LinkedHashMap<>();
    private final LinkedHashSet<StreamKey> untold = new LinkedHashSet<>();

    void tell(Words.Told word) {
        var key = word.stream().key();
        if (told.size() < MOST || told.containsKey(key)) {
            told.put(key, word);
            untold.add(key);
        }
    }

    /** For a new connection. */
    void tellAllAgain() {
        untold.addAll(told.keySet());
    }

    boolean isTold() {
        return untold.isEmpty();
    }

    /**
     * Puts words into a body of the largest size while they surely fit.
     *
     * @param ends only of streams that end, which go after their last measurements; or only of the others, which go before
     * @return whether there are more
     */
    boolean put(Cursor out, boolean ends) {
        for (var each = untold.iterator(); each.hasNext();) {
            var word = told.get(each.next());
            boolean end = word.state() == StreamState.RETIRED;
            if (end != ends) {
                continue;
            }
            if (out.left() < Frame.LARGEST / 2) {
                return true;
            }
            Words.put(out, word); // half a frame holds any word
            each.remove();
            if (end) {
                told.remove(word.stream().key());
            }
        }
        return false;
    }
}
