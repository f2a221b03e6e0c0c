package org.reservoir.site;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.probe.HostFiles;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.plugins.Kind;
import org.reservoir.plugins.PluginFault;
import org.reservoir.plugins.Plugins;
import org.reservoir.plugins.Provided;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers the kinds of probes that jars in the plug-in folder bring, for as long as those are in force. */
final class PluggedProbes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluggedProbes.class);
    private static final Duration GLANCE = Duration.ofMillis(250);

    /** What jars may provide: kinds of probes. They see rows, schemas and the machine's figures, and nothing that steers sources. */
    static final Kind<ProbeKind> KIND = Kind.of(ProbeKind.class).using(ProbeKind.class.getName(), Probe.class.getName(), Row.class.getName(), Schema.class.getName(),
            ValueType.class.getName(), HostFiles.class.getName(), Refused.class.getName()).tried(kind -> PluggedKind.checked(kind.name(), kind.purpose(), kind.parameters()));

    private final Plugins plugins;
    private final Kinds kinds;
    private final Map<Provided<ProbeKind>, String> offered = new HashMap<>();
    private final Thread loop = Thread.ofVirtual().name("plugged-probes").unstarted(this::watch);

    PluggedProbes(Plugins plugins, Kinds kinds) {
        this.plugins = plugins;
        this.kinds = kinds;
    }

    void start() {
        loop.start();
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                look();
                Thread.sleep(GLANCE);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) {
                LOG.warn("kinds of probes from plug-ins cannot be offered: {}", trouble.toString());
            }
        }
    }

    private void look() {
        var there = new HashSet<>(plugins.of(ProbeKind.class));
        for (var gone : new HashSet<>(offered.keySet())) {
            if (!there.contains(gone)) {
                var name = offered.remove(gone);
                if (!name.isEmpty()) {
                    kinds.withdraw(name);
                }
            }
        }
        there.removeAll(offered.keySet());
        there.forEach(provided -> offered.put(provided, offer(provided)));
    }

    /** Gives the name under which it is offered; empty when it cannot be. */
    private String offer(Provided<ProbeKind> provided) {
        try {
            var kind = PluggedKind.of(provided);
            kinds.offer(kind, "plug-in " + provided.plugin());
            return kind.name();
        } catch (PluginFault fault) { // fenced off, and told with the plug-in
            return "";
        } catch (Refused refused) {
            LOG.warn("{} is not offered: {}", provided.name(), refused.getMessage());
            return "";
        }
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
