package org.reservoir.veeh.libvirt;

import org.reservoir.interfaces.vhi.HostFailure;

/** {@link Daemon} over libvirt's remote protocol. */
final class RpcDaemon {
    private RpcDaemon() {}

    static Daemon dial(String uri) {
        throw new HostFailure(HostFailure.Kind.UNSUPPORTED, "No connection to %s: not yet built.".formatted(uri));
    }
}
