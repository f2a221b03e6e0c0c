package org.reservoir.placement.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.reservoir.placement.State;

/**
 * Power saving: hosts without VEEs sleep. In watts.
 *
 * @param profiles by host id
 * @param other    of hosts that are not named
 */
public record PowerSaving(Map<Long, PowerProfile> profiles, PowerProfile other) implements Goal {
    public static final PowerSaving USUAL = new PowerSaving(Map.of(), PowerProfile.USUAL);

    public PowerSaving {
        profiles = Map.copyOf(profiles);
    }

    @Override
    public Terms terms(State state) {
        var empty = new double[state.hosts()];
        var used = new double[state.hosts()];
        var linear = new double[state.hosts()];
        for (int h = 0; h < state.hosts(); h++) {
            var host = state.host(h);
            var profile = profiles.getOrDefault(host.id(), other);
            empty[h] = profile.asleep() + (host.asleep() || !host.usable() ? 0 : profile.switching());
            used[h] = profile.idle() + (host.asleep() ? profile.switching() : 0);
            linear[h] = Math.max(0, profile.full() - profile.idle());
        }
        var curves = new ArrayList<Curve>();
        if (Arrays.stream(linear).anyMatch(watts -> watts > 0)) {
            curves.add(new Curve(0, linear, new double[] {0, 1}, new double[] {0, 1}));
        }
        return Terms.ofHosts(empty, used, List.copyOf(curves));
    }

    @Override
    public String name() {
        return "watts";
    }
}
