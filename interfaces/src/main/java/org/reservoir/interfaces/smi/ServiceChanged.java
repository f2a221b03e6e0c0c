package org.reservoir.interfaces.smi;

import java.time.Instant;

import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.ServiceId;

/** The event of topic {@link #TOPIC} that follows every change of a service, subject its id. */
public record ServiceChanged(ServiceId service, String name, Ownership ownership, Service.State to, String component, int wanted, Instant at, String why) {
    public static final String TOPIC = "service";
}
