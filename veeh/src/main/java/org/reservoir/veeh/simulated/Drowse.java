package org.reservoir.veeh.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;

/**
 * When a simulated machine sleeps. {@code sim://name?sleep=10s&wake=1m} says how long it takes to fall asleep and to wake, nothing being at once;
 * {@code sleep=never} is a machine that cannot sleep, {@code wake=never} one that nothing wakes.
 */
final class Drowse {
    private static final String NEVER = "never";

    private final boolean able;
    private final boolean wakes;
    private final Duration falling;
    private final Duration waking;
    private Instant asleepFrom = Instant.MIN;
    private Instant awakeFrom = Instant.MIN;

    private Drowse(boolean able, boolean wakes, Duration falling, Duration waking) {
        this.able = able;
        this.wakes = wakes;
        this.falling = falling;
        this.waking = waking;
    }

    static Drowse in(String uri) {
        var given = MachineSize.given(uri);
        var sleep = given.getOrDefault("sleep", "0s");
        var wake = given.getOrDefault("wake", "0s");
        return new Drowse(!sleep.equals(NEVER), !wake.equals(NEVER), time(uri, sleep), time(uri, wake));
    }

    private static Duration time(String uri, String text) {
        if (text.equals(NEVER)) {
            return Duration.ZERO;
        }
        if (!text.matches("[0-9]{1,6}[smh]")) {
            throw new HostFailure(HostFailure.Kind.REFUSED, "'%s' is no simulated host: '%s' is no time such as 10s, 1m or never.".formatted(uri, text));
        }
        return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
    }

    boolean able() {
        return able;
    }

    Set<HostFacts.Feature> features() {
        var features = EnumSet.allOf(HostFacts.Feature.class);
        if (!able) {
            features.remove(HostFacts.Feature.SLEEP);
        }
        return features;
    }

    /** One that sleeps, or falls asleep, does not care. */
    synchronized void sleep(Instant now) {
        if (!asleep(now) && !asleepFrom.isAfter(now)) {
            asleepFrom = now.plus(falling);
            awakeFrom = Instant.MAX;
        }
    }

    /** One that is awake, or waking, does not care. */
    synchronized void wake(Instant now) {
        if (wakes && asleep(now) && awakeFrom.equals(Instant.MAX)) {
            awakeFrom = now.plus(waking);
        }
    }

    /** It is awake now, whatever it would take otherwise. */
    synchronized void rise(Instant now) {
        if (asleep(now)) {
            awakeFrom = now;
        }
    }

    synchronized boolean asleep(Instant now) {
        return !now.isBefore(asleepFrom) && now.isBefore(awakeFrom);
    }
}
