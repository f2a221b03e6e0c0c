package org.reservoir.gateways;

import java.util.List;
import java.util.TreeMap;

import org.reservoir.kernel.Refused;

/** Takes every jar that begins as jars do. */
final class FakePlugins implements PluginsView {
    private final TreeMap<String, Plugin> plugins = new TreeMap<>();

    @Override
    public synchronized List<Plugin> list() {
        return List.copyOf(plugins.values());
    }

    @Override
    public synchronized Plugin put(String name, byte[] jar) {
        if (jar.length < 2 || jar[0] != 'P' || jar[1] != 'K') {
            throw Refused.invalid("PLUGIN_UNREADABLE", "This is no jar.", "");
        }
        plugins.put(name, new Plugin(name, "IN_FORCE", "ab".repeat(32), List.of("com.example.Cheapest"), "", FakeVmi.NOW));
        return plugins.get(name);
    }

    @Override
    public synchronized void withdraw(String name) {
        if (plugins.remove(name) == null) {
            throw Refused.notFound("PLUGIN_UNKNOWN", "There is no plug-in %s.".formatted(name), "");
        }
    }
}
