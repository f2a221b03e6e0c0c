package org.reservoir.veeh.simulated;

import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/** What {@code sim://name?cpus=8&memory=16GiB&disk=1TiB} says of a machine; these are also the defaults. */
record MachineSize(int cpus, DataSize memory, DataSize disk) {
    static final MachineSize DEFAULT = new MachineSize(8, DataSize.gibibytes(16), DataSize.gibibytes(1024));

    static String nameIn(String uri) {
        var name = uri.replaceFirst("^sim://", "").replaceFirst("[/?].*$", "");
        if (name.isEmpty()) {
            throw new HostFailure(HostFailure.Kind.REFUSED, "'%s' names no machine. Write it like sim://rack1-a?cpus=8&memory=16GiB&disk=1TiB.".formatted(uri));
        }
        return name;
    }

    static MachineSize in(String uri) {
        try {
            var given = given(uri);
            return new MachineSize(given.containsKey("cpus") ? Integer.parseInt(given.get("cpus")) : DEFAULT.cpus,
                    given.containsKey("memory") ? DataSize.parse(given.get("memory")) : DEFAULT.memory,
                    given.containsKey("disk") ? DataSize.parse(given.get("disk")) : DEFAULT.disk);
        } catch (IllegalArgumentException | Refused nonsense) {
            throw new HostFailure(HostFailure.Kind.REFUSED, "'%s' is no simulated host: %s".formatted(uri, nonsense.getMessage()), nonsense);
        }
    }

    /** What comes after the question mark. @throws IllegalArgumentException */
    static Map<String, String> given(String uri) {
        var query = URI.create(uri).getRawQuery();
        return query == null ? Map.of() : Arrays.stream(query.split("&")).map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair.length > 1 ? pair[1] : ""));
    }

    Capacity capacity() {
        return new Capacity(Cpus.of(cpus), memory, disk);
    }
}
