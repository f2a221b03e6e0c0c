package org.reservoir.site;

import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.KpiIntake;
import org.reservoir.veem.work.GuestEar;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what guests say on their channels to the intake, a conversation for each VEE that has proved who it is. Between the hosts' threads
 * and the intake, which may wait for the site database, is a bounded queue: what finds it full is counted and lost.
 */
final class GuestVoices implements GuestEar, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestVoices.class);
    private static final int WAITING = 20_000;

    private record Said(VeeId vee, String line) {}

    private final Map<VeeId, KpiIntake.Voice> voices = new ConcurrentHashMap<>();
    private final BlockingQueue<Said> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread loop = Thread.ofVirtual().name("guest-voices").unstarted(this::run);
    private volatile KpiIntake intake;

    /** From now on; what was said before is heard now. */
    void listenWith(KpiIntake newIntake) {
        intake = newIntake;
        loop.start();
    }

    @Override
    public void said(VeeId vee, String line) {
        if (!waiting.offer(new Said(vee, line))) {
            unheard(vee, 1);
        }
    }

    @Override
    public void unheard(VeeId vee, long lines) {
        if (intake != null) {
            intake.unheard(vee, lines);
        }
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                hear(waiting.take());
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) {
                LOG.warn("what a guest said was not taken: {}", trouble.getMessage());
            }
        }
    }

    private void hear(Said said) {
        var voice = voices.computeIfAbsent(said.vee(), intake::voiceOf);
        voice.line(said.line());
        if (voice.speaker().isEmpty()) {
            voices.remove(said.vee(), voice);
        }
    }

    void forget(VeeId vee) {
        voices.remove(vee);
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
