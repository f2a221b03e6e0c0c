package org.reservoir.plugins;

/** A plug-in went over its budget, threw, or answered what cannot be. It is fenced off; whoever called goes on without it. */
public final class PluginFault extends Exception {
    private static final long serialVersionUID = 1;

    PluginFault(String plugin, String what) {
        super("plug-in %s %s".formatted(plugin, what));
    }
}
