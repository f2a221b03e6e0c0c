package org.reservoir.plugins;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One thing that a jar provides. It is called only through here, each call on a thread of its own and within the plug-in's
 * {@link Budget}; the first fault fences the whole plug-in off. Results must be plain data: what is computed after the call, in a
 * lambda or a lazy list that the plug-in gave away, ends with an error.
 */
public final class Provided<T> {
    private final String plugin;
    private final T it;
    private final Budget budget;
    private final Consumer<String> fence;

    Provided(String plugin, T it, Budget budget, Consumer<String> fence) {
        this.plugin = plugin;
        this.it = it;
        this.budget = budget;
        this.fence = fence;
    }

    /** Of the jar. */
    public String plugin() {
        return plugin;
    }

    /** The jar's name and the class's, such as {@code cheapest/com.example.Cheapest}. */
    public String name() {
        return plugin + "/" + it.getClass().getName();
    }

    /**
     * @param work asks the plug-in once
     * @throws PluginFault when it went over its budget or threw; from then on it is fenced off
     */
    public <R> R call(Function<? super T, ? extends R> work) throws PluginFault {
        try {
            return Calls.within(budget, plugin, () -> work.apply(it));
        } catch (PluginFault fault) {
            fence.accept(fault.getMessage());
            throw fault;
        }
    }

    /** The plug-in answered what cannot be: it is fenced off. @return what to throw */
    public PluginFault lied(String what) {
        var fault = new PluginFault(plugin, what);
        fence.accept(fault.getMessage());
        return fault;
    }
}
