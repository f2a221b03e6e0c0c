package org.reservoir.monitoring.wire;

import java.util.Optional;

import org.reservoir.monitoring.probe.SourceId;

/**
 * Port: who may speak to a listener, asked for each frame: a voice that is gone is gone with the next one. Must answer at once,
 * from memory, and the same object while nothing changed.
 */
@FunctionalInterface
public interface Voices {
    Optional<Voice> of(SourceId source);

    /**
     * One who may speak.
     *
     * @param key       with which its frames are sealed; empty where all within the machine may speak
     * @param own       whether the key is its alone: then all its sources have ids that begin with the key's number ({@link VoiceKey}),
     *                  and it speaks for no others
     * @param collector who hears it
     * @param scope     what it may tell of
     */
    record Voice(Optional<byte[]> key, boolean own, Collector collector, Scope scope) {}

    /** All who hold one key; all there are, without one. */
    static Voices sharing(Optional<byte[]> key, Collector collector) {
        var all = Optional.of(new Voice(key, false, collector, Scope.ALL));
        return _ -> all;
    }
}
