package org.reservoir.placement.policy;

import java.util.List;

/**
 * What a class of hosts draws.
 *
 * @param idle      watts when awake and doing nothing
 * @param full      watts with every CPU promised; between them it is straight
 * @param asleep    watts when it sleeps
 * @param switching what falling asleep or waking costs once, as watts: its joules divided by the seconds that a decision is to last
 */
public record PowerProfile(double idle, double full, double asleep, double switching) {
    /** A common server of two sockets, sleeping at what its management controller draws. */
    public static final PowerProfile USUAL = new PowerProfile(110, 300, 10, 5);

    public PowerProfile {
        Weights.require("a power profile", List.of(idle, full, asleep, switching));
    }
}
