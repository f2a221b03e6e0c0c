package org.reservoir.interfaces.vmi;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;

/**
 * A host as the infrastructure administrator sees it.
 *
 * @param state    whether it answers and takes VEEs
 * @param problem  why it does not answer
 * @param facts    what was found out about it: hypervisor, architecture, acceleration, features; and how fast VEEs migrate to and from it, once that was seen
 * @param capacity what can be given to VEEs: what it has, less the reserve, times overcommitment
 * @param promised what its VEEs were promised
 * @param vees     how many VEEs are on it
 * @param cluster  hosts of one cluster share networks and policy
 * @param labels   for placement expressions; given by the administrator
 * @param kept     what else was said of how it is kept
 */
public record Host(HostId id, String name, String uri, State state, Optional<String> problem, Map<String, String> facts, Set<String> features,
                   Capacity capacity, Capacity promised, int vees, String cluster, Map<String, String> labels, Kept kept, Optional<Instant> lastSeen) {
    public Host {
        facts = Map.copyOf(facts);
        features = Set.copyOf(features);
        labels = Map.copyOf(labels);
    }

    /** Of a {@link HostRequest}. @param options for the driver, as they may be shown; none for those who do not administrate */
    public record Kept(double cpuFactor, double memoryFactor, Cpus cpuReserve, DataSize memoryReserve, Map<String, String> options) {
        public Kept {
            options = Map.copyOf(options);
        }

        public static Kept of(HostRequest request, Map<String, String> shown) {
            return new Kept(request.cpuFactor(), request.memoryFactor(), request.cpuReserve(), request.memoryReserve(), shown);
        }
    }

    public Host knowing(Map<String, String> otherFacts) {
        return new Host(id, name, uri, state, problem, otherFacts, features, capacity, promised, vees, cluster, labels, kept, lastSeen);
    }

    public enum State {
        /** Not yet found out. */ NEW,
        /** Takes VEEs. */ ENABLED,
        /** Keeps its VEEs, takes no more. */ DISABLED,
        /** Its VEEs are being moved away. */ EVACUATING,
        /** Does not answer. */ UNREACHABLE,
        /** Was told to sleep, and answers still. */ FALLING_ASLEEP,
        /** Sleeps, to save power; it takes VEEs when it has been woken. */ ASLEEP,
        /** Is being woken. */ WAKING;

        /** Whether it is to sleep, sleeps, or is to wake: that it does not answer then is as it should be. */
        public boolean drowsy() {
            return this == FALLING_ASLEEP || this == ASLEEP || this == WAKING;
        }
    }
}
