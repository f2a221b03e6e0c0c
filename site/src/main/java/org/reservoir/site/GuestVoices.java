package org.reservoir.site;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.KpiIntake;
import org.reservoir.veem.GuestEar;

/** Brings what guests say on their channels to the intake, a conversation for each VEE that has proved who it is. */
final class GuestVoices implements GuestEar {
    private final Map<VeeId, KpiIntake.Voice> voices = new ConcurrentHashMap<>();
    private volatile KpiIntake intake;

    void listenWith(KpiIntake newIntake) {
        intake = newIntake;
    }

    @Override
    public void said(VeeId vee, String line) {
        if (intake == null) {
            return;
        }
        var voice = voices.computeIfAbsent(vee, intake::voiceOf);
        voice.line(line);
        if (voice.speaker().isEmpty()) {
            voices.remove(vee, voice);
        }
    }

    @Override
    public void unheard(VeeId vee, long lines) {
        if (intake != null) {
            intake.unheard(vee, lines);
        }
    }

    void forget(VeeId vee) {
        voices.remove(vee);
    }
}
