package org.reservoir.site;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.KpiIntake;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Roster;
import org.reservoir.store.Cursor;
import org.reservoir.store.Outbox;
import org.reservoir.veem.Veem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the roster of living VEEs by the life-cycle events, so that monitoring knows what belongs where. */
final class RosterFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RosterFeed.class);

    private final Outbox outbox;
    private final Roster roster;
    private final KpiIntake intake;
    private final GuestVoices voices;
    private final Thread loop = Thread.ofVirtual().name("roster").unstarted(this::run);
    private Cursor cursor = Cursor.START;

    RosterFeed(Outbox outbox, Veem veem, Roster roster, KpiIntake intake, GuestVoices voices) {
        this.outbox = outbox;
        this.roster = roster;
        this.intake = intake;
        this.voices = voices;
        cursor = outbox.latest();
        veem.everyLiving(changed -> note(changed));
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
            return;
        }
        var service = Optional.ofNullable(changed.tags().get(VeeChanged.SERVICE_TAG)).map(ServiceId::parse);
        roster.note(changed.vee(), new Labels(service, Optional.ofNullable(changed.tags().get(VeeChanged.COMPONENT_TAG)), changed.host()));
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
