package org.reservoir.monitoring.probe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;

/**
 * What a probe from a plug-in may read of its machine: the figures that Linux shows under {@code /proc} and {@code /sys} about the
 * machine as a whole, its devices and control groups. Nothing of single processes, whose arguments and environments hold secrets,
 * and no file whose reading changes something or waits.
 */
public final class HostFiles {
    private static final int LONGEST = 64 << 10;
    private static final Pattern FIGURES = Pattern.compile(
            "/proc/(loadavg|stat|meminfo|vmstat|diskstats|uptime|cpuinfo|interrupts|softirqs|buddyinfo|zoneinfo|schedstat|mdstat|swaps|partitions|pressure/(cpu|memory|io)"
                    + "|net/(dev|snmp|snmp6|netstat|sockstat|sockstat6|softnet_stat)|sys/(fs|kernel|vm|net)/[\\w./-]+)"
                    + "|/sys/(class/(net|block|thermal|hwmon|power_supply)|block|fs/cgroup|devices/system)/[\\w:./@-]+");

    private HostFiles() {}

    /**
     * The whole text of a file, 64 KiB of it at most.
     *
     * @throws Refused {@code NO_FIGURES} when it is none that shows figures
     */
    public static String read(String path) throws IOException {
        if (path.length() > 300 || !FIGURES.matcher(path).matches() || path.contains("..")) {
            throw Refused.forbidden("NO_FIGURES", "A probe may not read %s.".formatted(path.length() > 100 ? path.substring(0, 100) + "…" : path),
                    "It may read figures of the machine, such as /proc/loadavg or /sys/class/net/eth0/statistics/rx_bytes.");
        }
        try (var in = Files.newInputStream(Path.of(path))) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
        }
    }
}
