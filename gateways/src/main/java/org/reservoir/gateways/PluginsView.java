package org.reservoir.gateways;

import java.time.Instant;
import java.util.List;

/** The jars that have joined the site. Each server of a site has a folder of its own, and is asked for it. */
public interface PluginsView {
    /**
     * @param state    IN_FORCE, REFUSED (never used) or FENCED (used until it misbehaved)
     * @param signer   fingerprint of the certificate that signed it; empty when it was refused
     * @param provides interface and class of each thing
     * @param why      it is not in force
     */
    record Plugin(String name, String state, String signer, List<String> provides, String why, Instant since) {
        public Plugin {
            provides = List.copyOf(provides);
        }
    }

    List<Plugin> list();

    /** @throws org.reservoir.kernel.Refused when it is not taken; then all is as before */
    Plugin put(String name, byte[] jar);

    /** @throws org.reservoir.kernel.Refused {@code PLUGIN_UNKNOWN} */
    void withdraw(String name);
}
