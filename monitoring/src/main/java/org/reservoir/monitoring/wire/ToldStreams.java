package org.reservoir.monitoring.wire;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.reservoir.monitoring.probe.StreamKey;
import org.reservoir.monitoring.probe.StreamState;

/** What was said last of each stream, and of which it is still to be told on this connection. Not for several threads. */
final class ToldStreams {
    private static final int MOST = 200_000;

    private final Map<StreamKey, Words.Told> told = new LinkedHashMap<>();
    /** Streams that the listener knows of. */
    private final Set<StreamKey> begun = new HashSet<>();
    private final Set<StreamKey> untold = new LinkedHashSet<>();
    private final Set<StreamKey> ending = new LinkedHashSet<>();

    void tell(Words.Told word) {
        var key = word.stream().key();
        if (told.size() >= MOST && !told.containsKey(key)) {
            return;
        }
        told.put(key, word);
        if (!isEnd(word)) {
            untold.add(key);
            ending.remove(key);
            return;
        }
        ending.add(key);
        if (begun.contains(key)) {
            untold.remove(key);
        } else {
            untold.add(key);
        }
    }

    /** For a new connection. */
    void tellAllAgain() {
        begun.clear();
        untold.addAll(told.keySet());
    }

    boolean isTold() {
        return untold.isEmpty() && ending.isEmpty();
    }

    /**
     * Puts words into a body of the largest size while they surely fit: what goes before the measurements of a stream. One that has ended,
     * unknown to the listener, is told of as one that is on: what it measured may still wait.
     */
    void putBeginnings(Cursor out) {
        for (var each = untold.iterator(); each.hasNext() && hasRoom(out);) {
            var key = each.next();
            var word = told.get(key);
            Words.put(out, isEnd(word) ? new Words.Told(word.stream(), StreamState.ON, "") : word);
            begun.add(key);
            each.remove();
        }
    }

    /** The same: what goes after a stream's last measurement. */
    void putEnds(Cursor out) {
        for (var each = ending.iterator(); each.hasNext() && hasRoom(out);) {
            var key = each.next();
            Words.put(out, told.remove(key));
            begun.remove(key);
            each.remove();
        }
    }

    private static boolean isEnd(Words.Told word) {
        return word.state() == StreamState.RETIRED;
    }

    /** Half a frame holds any word. */
    private static boolean hasRoom(Cursor out) {
        return out.left() >= Frame.LARGEST / 2;
    }
}
