package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.MigrationCalls;

/**
 * One run of libvirt's migration protocol, version 3, with this process as its client: Begin at the source, Prepare at the destination,
 * Perform at the source, Finish at the destination, Confirm at the source; each hands a cookie on that only the daemons understand.
 * Whatever fails, both sides are told, so that the guest goes on at exactly one of them.
 */
record LiveMove(Link from, Link to, Domain here, Map<String, Object> parameters, long flags, Migration migration, Order order, Progress progress) {
    private static final Logger LOG = LoggerFactory.getLogger(LiveMove.class);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration STANDSTILL = Duration.ofSeconds(90);

    void run() {
        var deadline = Deadline.in(order.patience());
        var source = from.slow();
        var begun = source.within(deadline.left()).migrateBegin(here, parameters, flags);
        var arriving = new HashMap<>(parameters);
        arriving.put("destination_xml", begun.xml());
        arriving.put("destination_name", here.name());
        var prepared = prepare(deadline, arriving, begun.cookie());
        if (!prepared.uri().isEmpty()) {
            arriving.put("migrate_uri", prepared.uri());
        }
        perform(deadline, arriving, prepared.cookie());
    }

    private MigrationCalls.Prepared prepare(Deadline deadline, Map<String, Object> arriving, byte[] cookie) {
        try {
            return to.slow().within(deadline.left()).migratePrepare(arriving, cookie, arrivingFlags());
        } catch (HostFailure failure) {
            cancel(arriving);
            throw failure;
        }
    }

    /** The destination takes no flags about what only the source does. */
    private long arrivingFlags() {
        return flags & ~(Flags.MIGRATE_ABORT_ON_ERROR | Flags.MIGRATE_AUTO_CONVERGE);
    }

    private void perform(Deadline deadline, Map<String, Object> arriving, byte[] cookie) {
        byte[] performed;
        var watch = new Watch();
        try (watch) {
            performed = from.slow().within(deadline.left()).migratePerform(here, "", arriving, cookie, flags);
        } catch (HostFailure failure) {
            cancel(arriving);
            throw watch.broken ? new HostFailure(Kind.REFUSED, "QEMU moved nothing of %s for %d s, so the move was broken off and it goes on where it was. Shut it off first: then only its disks are moved."
                    .formatted(order.vee(), STANDSTILL.toSeconds()), failure) : failure;
        }
        var finished = to.slow().within(order.patience()).migrateFinish(arriving, performed, arrivingFlags(), false);
        boolean arrived = finished.domain().isPresent();
        from.slow().within(order.patience()).migrateConfirm(here, arriving, finished.cookie(), flags, !arrived);
        if (!arrived) {
            throw new HostFailure(Kind.REFUSED, "%s did not start at the destination and goes on where it was: %s".formatted(order.vee(), finished.why()));
        }
    }

    /** The source goes on; told step by step, as far as each side still answers. */
    private void cancel(Map<String, Object> arriving) {
        byte[] cookie = {};
        try {
            from.guest().abortJob(here);
        } catch (HostFailure failure) {
            LOG.debug("Nothing to abort for {}: {}", order.vee(), failure.getMessage());
        }
        try {
            cookie = to.slow().within(order.patience()).migrateFinish(arriving, cookie, arrivingFlags(), true).cookie();
        } catch (HostFailure failure) {
            LOG.debug("The destination of {} did not hear of the end: {}", order.vee(), failure.getMessage());
        }
        try {
            from.slow().within(order.patience()).migrateConfirm(here, arriving, cookie, flags, true);
        } catch (HostFailure failure) {
            LOG.debug("The source of {} did not hear of the end: {}", order.vee(), failure.getMessage());
        }
    }

    /** Tells how far it has come, bounds the standstill of the guest, and breaks off a move that stands still itself: the guest may be paused all the while. */
    private final class Watch implements AutoCloseable {
        private final Stall stall = new Stall(STANDSTILL);
        private volatile boolean broken;
        private final Thread thread = Thread.ofVirtual().name("move-" + order.vee()).start(this::look);

        private void look() {
            try {
                boolean bounded = migration.maxDowntimeMs() == 0;
                while (true) {
                    Thread.sleep(LOOK);
                    bounded = bounded || bound();
                    tell();
                }
            } catch (InterruptedException _) {
                // the move is over
            }
        }

        private boolean bound() {
            try {
                from.guest().maxDowntime(here, migration.maxDowntimeMs());
                return true;
            } catch (HostFailure notYet) {
                LOG.debug("{}: {}", order.vee(), notYet.getMessage());
                return false;
            }
        }

        private void tell() {
            try {
                var job = from.guest().job(here);
                if (job.get("data_processed") instanceof Long done && job.get("data_total") instanceof Long total) {
                    progress.at(done, total);
                }
                if (!broken && stall.isOver(job.get("data_processed") instanceof Long done ? done : 0, System.nanoTime())) {
                    broken = true;
                    from.guest().abortJob(here);
                }
            } catch (HostFailure failure) {
                LOG.debug("No progress of {}: {}", order.vee(), failure.getMessage());
            }
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
