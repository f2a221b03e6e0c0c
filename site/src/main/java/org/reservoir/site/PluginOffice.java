package org.reservoir.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

import org.reservoir.gateways.PluginsView;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.plugins.Budget;
import org.reservoir.plugins.Plugins;
import org.reservoir.plugins.Trust;
import org.reservoir.veem.PluggedJars;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of plug-ins of this server: watched, shown, filled and emptied. */
final class PluginOffice implements PluginsView, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginOffice.class);
    private final Plugins plugins;

    private PluginOffice(Plugins plugins) {
        this.plugins = plugins;
    }

    static PluginOffice watching(Settings.PluginFolder folder, InstantSource clock) {
        return new PluginOffice(Plugins.watching(folder.jars(), () -> trust(folder.signers()), Budget.USUAL, Stream.concat(PluggedJars.KINDS.stream(), Stream.of(PluggedProbes.KIND)).toList(), clock,
                plugin -> LOG.info("plug-in {} is {} {}", plugin.name(), plugin.state(), plugin.why())));
    }

    private static Trust trust(Path signers) {
        try {
            return Trust.read(signers);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of trusted signers cannot be read: " + signers, e);
        }
    }

    PluggedJars forPlacement() {
        return new PluggedJars(plugins);
    }

    PluggedProbes forProbes(Kinds kinds) {
        return new PluggedProbes(plugins, kinds);
    }

    private static Plugin shown(org.reservoir.plugins.Plugin plugin) {
        return new Plugin(plugin.name(), plugin.state().name(), plugin.signer(), plugin.provides(), plugin.why(), plugin.since());
    }

    @Override
    public List<Plugin> list() {
        return plugins.list().stream().map(PluginOffice::shown).toList();
    }

    @Override
    public Plugin put(String name, byte[] jar) {
        return shown(plugins.put(name, jar));
    }

    @Override
    public void withdraw(String name) {
        plugins.withdraw(name);
    }

    @Override
    public void close() {
        plugins.close();
    }
}
