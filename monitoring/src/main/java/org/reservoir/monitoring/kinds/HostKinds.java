package org.reservoir.monitoring.kinds;

import static org.reservoir.monitoring.kinds.MadeOf.needed;
import static org.reservoir.monitoring.kinds.MadeOf.nothing;
import static org.reservoir.monitoring.kinds.MadeOf.usually;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;

/**
 * The kinds of probes that measure the machine on which they run. All but {@code host.space} read files that Linux keeps in
 * memory, never wait and make no garbage. On another system they are refused when they are made.
 */
public final class HostKinds {
    private static final Path PROC = Path.of("/proc");
    private static final Path SYS = Path.of("/sys");

    private HostKinds() {}

    public static List<ProbeKind> all() {
        return of(PROC, SYS);
    }

    /** @param proc where the kernel's process file system is @param sys where its devices are */
    static List<ProbeKind> of(Path proc, Path sys) {
        return List.of(
                nothing("host.cpu", "processors of the host and its load", () -> new HostCpu(proc)),
                nothing("host.memory", "memory of the host", () -> new HostMemory(proc)),
                new MadeOf("host.net", "what the host receives and sends", List.of(usually("interface", "one interface, or physical for all with hardware behind them", "physical")),
                        given -> net(proc, sys, given)),
                nothing("host.disk", "what the host's disks read and write", () -> new HostDisk(proc, sys, System::nanoTime)),
                nothing("host.pressure", "how much of the time programs wait for processors, memory and disks", () -> new HostPressure(proc, System::nanoTime)),
                new MadeOf("host.space", "room in a file system", List.of(needed("folder", "a folder in the file system")), given -> new HostSpace(given.get("folder"))),
                new MadeOf("process", "the process that measures, and its JVM", List.of(usually("as", "what its series' names begin with", "site.server")),
                        given -> new OwnProcess(name(given.get("as")), proc, System::nanoTime)));
    }

    private static Probe net(Path proc, Path sys, Map<String, String> given) {
        var wanted = given.get("interface");
        return wanted.equals("physical") ? HostNet.ofHost(proc, sys, System::nanoTime) : HostNet.ofInterface(proc, name(wanted), System::nanoTime);
    }

    private static String name(String text) {
        if (text.length() > 60 || !SeriesKey.isName(text)) {
            throw Refused.invalid("BAD_PROBE", "'%s' cannot be part of a series' name.".formatted(text.length() <= 60 ? text : text.substring(0, 60) + "…"),
                    "Use up to 60 letters, digits and . _ - : / @, beginning with a letter.");
        }
        return text;
    }
}
