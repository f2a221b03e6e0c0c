package org.reservoir.interfaces.vhi;

import java.util.Optional;
import java.util.Set;

import org.reservoir.kernel.HostId;

/** Makes hosts of one kind. The site hands the VEEM its list of drivers; the first that takes an address gets it. */
public interface HostDriver {
    /** Whether this driver speaks to such an address, by its scheme alone. */
    boolean takes(String uri);

    /** Names of the options that an address may have, but for {@code label.*}. */
    Set<String> options();

    /** Those that stay as they were when the host was added: they say where its guests lie and how they are known. */
    default Set<String> lastingOptions() {
        return Set.of();
    }

    /** An option as it may be shown: without what may be a secret. */
    default String shown(String option, String value) {
        return value;
    }

    /** Opens the host; connects at once and throws {@link HostFailure} UNREACHABLE when it cannot. It reconnects by itself afterwards. */
    VeeHost open(HostId id, HostAddress address);

    /**
     * What tells this host from every other, whatever address it is reached by; empty where nothing does. Asks the host, and changes nothing there.
     * @throws HostFailure UNREACHABLE when it cannot
     */
    Optional<String> identity(HostAddress address);

    /** Whether it is known how such a host is woken. @throws HostFailure REFUSED when the address says it wrongly */
    boolean wakes(HostAddress address);

    /** Sends a host that sleeps what wakes it, and does not wait: that it is awake is seen by opening it. To be given again when nothing comes of it. */
    void wake(HostAddress address);
}
