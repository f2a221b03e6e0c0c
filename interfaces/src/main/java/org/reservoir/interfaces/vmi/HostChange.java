package org.reservoir.interfaces.vmi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * What is to be another of how a host is kept; all that is not named stays. The fields are those of {@link HostRequest}.
 *
 * @param labels    set, beside those it has
 * @param options   set, beside those it has
 * @param noLabels  names of labels that are taken away
 * @param noOptions names of options that are taken away
 */
public record HostChange(Optional<String> cluster, OptionalDouble cpuFactor, OptionalDouble memoryFactor, Optional<Cpus> cpuReserve, Optional<DataSize> memoryReserve,
                         Map<String, String> labels, Map<String, String> options, List<String> noLabels, List<String> noOptions) {
    public HostChange {
        labels = Map.copyOf(labels);
        options = Map.copyOf(options);
        noLabels = List.copyOf(noLabels);
        noOptions = List.copyOf(noOptions);
    }

    /** How the host is kept then. @throws Refused {@code BAD_REQUEST} when it has not what is to be taken away */
    public HostRequest of(HostRequest kept) {
        return new HostRequest(kept.name(), kept.uri(), cluster.orElse(kept.cluster()), cpuFactor.orElse(kept.cpuFactor()), memoryFactor.orElse(kept.memoryFactor()),
                cpuReserve.orElse(kept.cpuReserve()), memoryReserve.orElse(kept.memoryReserve()),
                changed(kept, "label", kept.labels(), labels, noLabels), changed(kept, "option", kept.options(), options, noOptions));
    }

    private static Map<String, String> changed(HostRequest host, String what, Map<String, String> kept, Map<String, String> set, List<String> taken) {
        var after = new HashMap<>(kept);
        for (var name : taken) {
            if (after.remove(name) == null) {
                throw Refused.invalid("BAD_REQUEST", "Host %s has no %s '%s' that could be taken away.".formatted(host.name(), what, name), "See: reservoir host show " + host.name());
            }
        }
        after.putAll(set);
        return after;
    }
}
