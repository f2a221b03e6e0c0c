package org.reservoir.site;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.KpiIntake;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.store.Cursor;
import org.reservoir.store.Outbox;
import org.reservoir.veem.Veem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the roster of living VEEs by the life-cycle events, so that monitoring knows what belongs where, and lets go of what is known of those that
 * ended: else they would be taken for silent ones by alarms for an hour. What was measured of them is in the history.
 */
final class RosterFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RosterFeed.class);

    /** Looks that were under way when a VEE ended have come in by then. */
    private static final Duration LATE = Duration.ofSeconds(15);
    private static final Duration PACE = Duration.ofMillis(900);

    private final Outbox outbox;
    private final Roster roster;
    private final Measurements measurements;
    private final Map<Subject, Long> ended = new HashMap<>();
    private final KpiIntake intake;
    private final GuestVoices voices;
    private final Thread loop = Thread.ofVirtual().name("roster").unstarted(this::run);
    private long forgot = System.nanoTime();
    private Cursor cursor = Cursor.START;

    RosterFeed(Outbox outbox, Veem veem, Instruments.Gauges gauges, KpiIntake intake, GuestVoices voices) {
        this.outbox = outbox;
        this.roster = gauges.roster();
        this.measurements = gauges.measurements();
        this.intake = intake;
        this.voices = voices;
        cursor = outbox.latest();
        veem.everyLiving(changed -> note(changed));
        veem.newest().ifPresent(roster::given);
    }

    void start() {
        loop.start();
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                var told = outbox.read(cursor, Set.of(VeeChanged.TOPIC), 1000);
                told.events().forEach(event -> note(Wire.read(event.body(), VeeChanged.class)));
                cursor = told.reached();
                forgetEnded(System.nanoTime());
                if (told.events().isEmpty()) {
                    outbox.awaitNews(cursor, Duration.ofSeconds(1));
                }
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) {
                LOG.warn("life-cycle events cannot be read: {}", trouble.getMessage());
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void note(VeeChanged changed) {
        if (changed.to() == VeeState.TERMINATED) {
            roster.forget(changed.vee());
            intake.forget(changed.vee());
            voices.forget(changed.vee());
            ended.put(Subject.of(changed.vee()), System.nanoTime());
            return;
        }
        var service = Optional.ofNullable(changed.tags().get(VeeChanged.SERVICE_TAG)).map(ServiceId::parse);
        roster.note(changed.vee(), new Labels(service, Optional.ofNullable(changed.tags().get(VeeChanged.COMPONENT_TAG)), changed.host()));
    }

    /** Within a second, and again until nothing more can come: all series are looked through for it. */
    private void forgetEnded(long nanos) {
        if (!ended.isEmpty() && nanos - forgot > PACE.toNanos()) {
            forgot = nanos;
            measurements.forget(ended.keySet());
            ended.values().removeIf(at -> nanos - at > LATE.toNanos());
        }
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
