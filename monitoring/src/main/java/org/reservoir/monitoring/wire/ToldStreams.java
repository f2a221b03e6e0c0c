package org.reservoir.monitoring.wire;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

import org.reservoir.monitoring.probe.Reached;
import org.reservoir.monitoring.probe.StreamKey;
import org.reservoir.monitoring.probe.StreamState;

/** What was said last of each stream, and of which it is still to be told on this connection. Not for several threads. */
final class ToldStreams {
    private static final int MOST = 200_000;
    /** A connection may have been dead for so long before that is noticed: what it was told last is told again. */
    private static final long DEAD_NANOS = 2_000_000L * FrameSocket.SILENCE_MILLIS;

    private final Map<StreamKey, Words.Told> told = new LinkedHashMap<>();
    /** How far those were when they began that no connection has known for long: what was lost with one that broke is missing from there on. */
    private final Map<StreamKey, Fresh> fresh = new HashMap<>();
    /** Streams that the listener knows of. */
    private final Set<StreamKey> begun = new HashSet<>();
    private final Set<StreamKey> untold = new LinkedHashSet<>();
    private final Set<StreamKey> ending = new LinkedHashSet<>();
    /** Streams of whose end was told lately, the oldest first; some are there again. */
    private final Map<StreamKey, Ended> ended = new LinkedHashMap<>();
    /** What this connection is told first: ends of streams that are there again. */
    private final Queue<Words.Told> before = new ArrayDeque<>();

    /** @param begun how far it was when it began, if that was lately too */
    private record Ended(Words.Told word, Optional<Fresh> begun, long at) {}

    /** @param at when this connection was told of it */
    private record Fresh(Reached reached, long at) {}

    /** False when there is no room for one more: what it measures will be passed over. */
    boolean tell(Words.Told word) {
        var key = word.stream().key();
        if (told.size() >= MOST && !told.containsKey(key)) {
            return false;
        }
        var end = goesOn(key, word);
        var formerly = Optional.ofNullable(told.put(key, word));
        if (formerly.map(last -> isEnd(last) && !begun.contains(key) && !untold.contains(key)).orElse(true)) { // of which all was sent, and maybe lost
            fresh.put(key, end.flatMap(Ended::begun).orElseGet(() -> new Fresh(word.reached(), 0)));
        }
        if (!isEnd(word)) {
            untold.add(key);
            ending.remove(key);
            return true;
        }
        ending.add(key);
        if (begun.contains(key)) {
            untold.remove(key);
        } else {
            untold.add(key);
        }
        return true;
    }

    /** The end after which a stream comes again as if it had not ended: it was measured for nobody else meanwhile. That end need not be told any more. */
    private Optional<Ended> goesOn(StreamKey key, Words.Told word) {
        var end = Optional.ofNullable(ended.get(key)).filter(last -> last.word().reached().equals(word.reached()));
        end.ifPresent(_ -> ended.remove(key));
        return end;
    }

    /** For a new connection. */
    void tellAllAgain(long now) {
        forget(now);
        begun.clear();
        untold.addAll(told.keySet());
        before.clear();
        ended.entrySet().removeIf(each -> endsAgain(each.getKey(), each.getValue()));
    }

    /** Tells of an end once more. False when the stream came again further on since, so that it may have to be told once more still. */
    private boolean endsAgain(StreamKey key, Ended end) {
        if (told.containsKey(key)) {
            end.begun().ifPresent(known -> before.add(beginning(end.word(), known.reached())));
            before.add(end.word());
            return false;
        }
        told.put(key, end.word());
        ending.add(key);
        end.begun().ifPresent(known -> {
            fresh.put(key, known);
            untold.add(key);
        });
        return true;
    }

    boolean isTold() {
        return before.isEmpty() && untold.isEmpty() && ending.isEmpty();
    }

    /**
     * Puts words into a body of the largest size while they surely fit: what goes before the measurements of a stream. One that has ended,
     * unknown to the listener, is told of as one that is on: what it measured may still wait.
     *
     * @param waiting measurements, of any streams, that were not sent yet
     */
    void putBeginnings(Cursor out, int waiting, long now) {
        while (!before.isEmpty() && hasRoom(out)) {
            Words.put(out, before.remove());
        }
        for (var each = untold.iterator(); each.hasNext() && hasRoom(out);) {
            var key = each.next();
            var word = told.get(key);
            var reached = begunAt(key, now).orElseGet(() -> word.reached().butFor(waiting));
            Words.put(out, isEnd(word) ? beginning(word, reached) : word.with(reached));
            begun.add(key);
            each.remove();
        }
    }

    private Optional<Reached> begunAt(StreamKey key, long now) {
        return Optional.ofNullable(fresh.computeIfPresent(key, (_, known) -> {
            boolean first = !begun.contains(key);
            return first ? new Fresh(known.reached(), now) : now - known.at() > DEAD_NANOS ? null : known;
        })).map(Fresh::reached);
    }

    /** The same: what goes after a stream's last measurement. */
    void putEnds(Cursor out, long now) {
        for (var each = ending.iterator(); each.hasNext() && hasRoom(out);) {
            var key = each.next();
            var word = told.remove(key);
            Words.put(out, word);
            begun.remove(key);
            each.remove();
            var since = Optional.ofNullable(fresh.remove(key));
            var earlier = Optional.ofNullable(ended.remove(key)).flatMap(Ended::begun);
            ended.put(key, new Ended(word, earlier.or(() -> since), now));
        }
        forget(now);
    }

    private void forget(long now) {
        var each = ended.values().iterator();
        while (each.hasNext() && (now - each.next().at() > DEAD_NANOS || ended.size() > MOST)) {
            each.remove();
        }
    }

    private static Words.Told beginning(Words.Told end, Reached reached) {
        return new Words.Told(end.stream(), StreamState.ON, "", reached);
    }

    private static boolean isEnd(Words.Told word) {
        return word.state() == StreamState.RETIRED;
    }

    /** Half a frame holds any word. */
    private static boolean hasRoom(Cursor out) {
        return out.left() >= Frame.LARGEST / 2;
    }
}
