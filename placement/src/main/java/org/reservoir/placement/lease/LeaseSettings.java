package org.reservoir.placement.lease;

import java.util.OptionalLong;
import org.reservoir.kernel.Refused;

/**
 * How leases are planned: the options of Haizea 1.1 that concern the plan, and one that it has not. Seconds and MB throughout.
 *
 * @param replanning       whether a lease with a deadline may be moved later, as long as it still meets it, to make room (Haizea's mapper "deadline")
 * @param futureLeases     how many best-effort leases may hold a place in the future while later ones overtake them: 0 no backfilling, 1 aggressive, N intermediate,
 *                         {@link #UNLIMITED} conservative
 * @param suspendRate      MB/s at which one VEE's memory is written; {@code resumeRate} read
 * @param exclusion        whether images share one file system (one operation at a time in the whole site) or each host has its own
 * @param thresholdFactor  a lease is not started unless it can run this many times what suspending and resuming it would take
 * @param forcedThreshold  instead of that product
 * @param suspendTime      of one VEE, instead of memory over rate; {@code resumeTime} likewise
 * @param bandwidth        Mbit/s at which images are moved between hosts
 * @param shutdownTime     reserved at the end of each run
 * @param enactmentOverhead of each operation on each VEE
 * @param queueing         where in the queue a suspended lease waits; no option of Haizea's
 */
public record LeaseSettings(boolean replanning, int futureLeases, Suspension suspension, double suspendRate, double resumeRate, Exclusion exclusion, int thresholdFactor,
        OptionalLong forcedThreshold, OptionalLong suspendTime, OptionalLong resumeTime, Migration migration, double bandwidth, long shutdownTime, long enactmentOverhead,
        Queueing queueing) {
    /** No limit to the best-effort leases that hold a place in the future. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Which leases may be suspended. */
    public enum Suspension { NONE, SERIAL_ONLY, ALL }

    /** What may not happen at the same time. */
    public enum Exclusion { /** Two operations on one host. */ LOCAL, /** Two operations in the site. */ GLOBAL }

    /** Whether a suspended lease may be resumed on other hosts. */
    public enum Migration { NO, /** Its images are moved first. */ YES, /** Its images can be read everywhere. */ WITHOUT_TRANSFER }

    /** In which order leases wait for room. */
    public enum Queueing { /** All by their arrival, as in Haizea 1.1: who is suspended goes before those that came later. */ BY_ARRIVAL,
        /** Who is suspended goes behind those that wait then, and before those that come later. */ SUSPENDED_LAST }

    /** Aggressive backfilling, all leases may be suspended at 32 MB/s to their host's own disk and resumed elsewhere over 100 Mbit/s. */
    public static final LeaseSettings USUAL = new LeaseSettings(false, 1, Suspension.ALL, 32, 32, Exclusion.LOCAL, 1, OptionalLong.empty(), OptionalLong.empty(),
            OptionalLong.empty(), Migration.YES, 100, 0, 0, Queueing.BY_ARRIVAL);

    /** @throws Refused {@code BAD_SETTING} for a rate that is not positive, a negative time or count */
    public LeaseSettings {
        require(futureLeases >= 0, "backfilling-reservations", futureLeases);
        require(suspendRate > 0 && Double.isFinite(suspendRate), "suspend-rate", suspendRate);
        require(resumeRate > 0 && Double.isFinite(resumeRate), "resume-rate", resumeRate);
        require(bandwidth > 0 && Double.isFinite(bandwidth), "imagetransfer-bandwidth", bandwidth);
        require(thresholdFactor >= 0 && thresholdFactor <= 1_000_000, "scheduling-threshold-factor", thresholdFactor);
        require(sane(forcedThreshold.orElse(0)), "force-scheduling-threshold", forcedThreshold.orElse(0));
        require(sane(suspendTime.orElse(0)), "override-suspend-time", suspendTime.orElse(0));
        require(sane(resumeTime.orElse(0)), "override-resume-time", resumeTime.orElse(0));
        require(sane(shutdownTime), "shutdown-time", shutdownTime);
        require(sane(enactmentOverhead), "enactment-overhead", enactmentOverhead);
    }

    private static boolean sane(long seconds) {
        return seconds >= 0 && seconds <= LeaseRequest.LONGEST;
    }

    private static void require(boolean fine, String option, Number value) {
        if (!fine) {
            throw Refused.invalid("BAD_SETTING", "%s cannot be %s.".formatted(option, value), "");
        }
    }

    public LeaseSettings replanning(boolean on) {
        return new LeaseSettings(on, futureLeases, suspension, suspendRate, resumeRate, exclusion, thresholdFactor, forcedThreshold, suspendTime, resumeTime, migration,
                bandwidth, shutdownTime, enactmentOverhead, queueing);
    }

    public LeaseSettings backfilling(int leases) {
        return new LeaseSettings(replanning, leases, suspension, suspendRate, resumeRate, exclusion, thresholdFactor, forcedThreshold, suspendTime, resumeTime, migration,
                bandwidth, shutdownTime, enactmentOverhead, queueing);
    }

    public LeaseSettings suspending(Suspension which, double suspendRate, double resumeRate, Exclusion exclusion) {
        return new LeaseSettings(replanning, futureLeases, which, suspendRate, resumeRate, exclusion, thresholdFactor, forcedThreshold, suspendTime, resumeTime, migration,
                bandwidth, shutdownTime, enactmentOverhead, queueing);
    }

    public LeaseSettings thresholds(int factor, OptionalLong forced) {
        return new LeaseSettings(replanning, futureLeases, suspension, suspendRate, resumeRate, exclusion, factor, forced, suspendTime, resumeTime, migration,
                bandwidth, shutdownTime, enactmentOverhead, queueing);
    }

    public LeaseSettings migrating(Migration how, double bandwidth) {
        return new LeaseSettings(replanning, futureLeases, suspension, suspendRate, resumeRate, exclusion, thresholdFactor, forcedThreshold, suspendTime, resumeTime, how,
                bandwidth, shutdownTime, enactmentOverhead, queueing);
    }

    public LeaseSettings taking(long shutdownTime, long enactmentOverhead) {
        return new LeaseSettings(replanning, futureLeases, suspension, suspendRate, resumeRate, exclusion, thresholdFactor, forcedThreshold, suspendTime, resumeTime, migration,
                bandwidth, shutdownTime, enactmentOverhead, queueing);
    }

    public LeaseSettings queueing(Queueing order) {
        return new LeaseSettings(replanning, futureLeases, suspension, suspendRate, resumeRate, exclusion, thresholdFactor, forcedThreshold, suspendTime, resumeTime, migration,
                bandwidth, shutdownTime, enactmentOverhead, order);
    }

    /** Seconds to write one VEE's memory of that many MB. */
    long suspendSeconds(long memory) {
        return suspendTime.orElseGet(() -> (long) Math.ceil(memory / suspendRate));
    }

    long resumeSeconds(long memory) {
        return resumeTime.orElseGet(() -> (long) Math.ceil(memory / resumeRate));
    }

    /** Seconds to move that many MB between two hosts. */
    long moveSeconds(long memory) {
        return migration == Migration.WITHOUT_TRANSFER ? 0 : (long) Math.ceil(memory / (bandwidth / 8));
    }
}
