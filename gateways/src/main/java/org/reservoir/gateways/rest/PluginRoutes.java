package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;

import org.reservoir.gateways.PluginsView;

/** Plug-ins over REST, for administrators. */
final class PluginRoutes {
    private static final String PLUGINS = "/api/site/v1/plugins";
    private static final String PLUGIN = PLUGINS + "/{plugin}";
    private static final long LIMIT = 16 << 20;

    private final PluginsView plugins;

    PluginRoutes(PluginsView plugins) {
        this.plugins = plugins;
    }

    List<Route> routes() {
        return List.of(
                get(PLUGINS, "plugin.list", "Lists plug-ins, in force or not.", x -> SiteRoutes.forAdministrator(x, plugins::list)).answers(new Shape.Many(PluginsView.Plugin.class)),
                put(PLUGIN, "plugin.add", "Puts a signed jar into force, in place of one of that name.", this::add).takes(new Shape.Raw("application/java-archive")).upTo(LIMIT)
                        .answers(PluginsView.Plugin.class),
                delete(PLUGIN, "plugin.remove", "Takes a plug-in out of force and away.", this::remove));
    }

    private Answer add(Exchange x) throws IOException {
        SiteRoutes.requireAdministrator(x);
        return Answer.of(plugins.put(x.path("plugin"), x.bytes()));
    }

    private Answer remove(Exchange x) {
        SiteRoutes.requireAdministrator(x);
        plugins.withdraw(x.path("plugin"));
        return Answer.NOTHING;
    }
}
