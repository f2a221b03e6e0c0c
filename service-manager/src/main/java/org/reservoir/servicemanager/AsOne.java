package org.reservoir.servicemanager;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.reservoir.kernel.ServiceId;

/**
 * Replicas that a rule asked for as one: they get their places at the same time or not at all.
 *
 * @param set  its name, which no other decision has
 * @param from replicas that were wanted before, which are no part of it
 */
record AsOne(String set, int from) {

    static AsOne of(ServiceId service, String component, int from, int to, Instant now) {
        return new AsOne("%s from %d to %d replicas (%s, %s)".formatted(component, from, to, service, now.truncatedTo(ChronoUnit.MILLIS)), from);
    }
}
