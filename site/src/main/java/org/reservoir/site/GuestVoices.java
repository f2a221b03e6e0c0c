package org.reservoir.site;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.KpiIntake;

/** Brings what guests say on their channels to the intake, a conversation for each VEE. */
final class GuestVoices {
    private final Map<VeeId, KpiIntake.Voice> voices = new ConcurrentHashMap<>();
    private volatile KpiIntake intake;

    void listenWith(KpiIntake newIntake) {
        intake = newIntake;
    }

    void said(VeeId vee, String line) {
        if (intake != null) {
            voices.computeIfAbsent(vee, intake::voiceOf).line(line);
        }
    }

    void forget(VeeId vee) {
        voices.remove(vee);
    }
}
