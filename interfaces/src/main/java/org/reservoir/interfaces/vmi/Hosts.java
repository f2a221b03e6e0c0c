package org.reservoir.interfaces.vmi;

import org.reservoir.interfaces.vhi.Console;
import org.reservoir.interfaces.vhi.ScreenAddress;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

import java.util.Optional;

/** The hosts of a site; for infrastructure administrators, but for the consoles of one's own VEEs. */
public interface Hosts {
    /** Topic of the events that tell of hosts that go to sleep and wake; their body is a {@link Changed}. */
    String TOPIC = "host";

    /** A host has come into another state. @param problem empty when all is as it should be */
    record Changed(HostId host, String name, Host.State state, String problem) {}

    /** Connects, finds out what it is, and keeps it. @throws org.reservoir.kernel.Refused {@code HOST_UNREACHABLE} and others; nothing kept */
    Host add(Caller caller, HostRequest request);

    Host host(Caller caller, HostId host);

    Page<Host> hosts(Caller caller, Page.Request page);

    /** Replaces labels, cluster, factors, reserves and options; name and URI stay. */
    Host change(Caller caller, HostId host, HostRequest request);

    /**
     * Changes what is named of them. Other options than before are tried first: the host is asked anew what it is, unless it is known not to answer.
     *
     * @throws org.reservoir.kernel.Refused {@code HOST_UNREACHABLE}, {@code BAD_HOST_OPTION} and others; nothing changed
     */
    Host change(Caller caller, HostId host, HostChange change);

    Host enable(Caller caller, HostId host);

    Host disable(Caller caller, HostId host);

    /** Takes no more VEEs and moves those it has away, live where possible. */
    Host evacuate(Caller caller, HostId host);

    /**
     * Puts a host without VEEs to sleep; it is {@link Host.State#FALLING_ASLEEP} until it does not answer any more.
     *
     * @throws org.reservoir.kernel.Refused {@code HOST_CANNOT_SLEEP}, {@code HOST_IN_USE}, {@code WRONG_STATE}
     */
    Host sleep(Caller caller, HostId host);

    /**
     * Wakes a host that sleeps; it is {@link Host.State#WAKING} until it answers, and {@link Host.State#UNREACHABLE} when it does not in time.
     * One that is unreachable is woken, too, where that is possible.
     *
     * @throws org.reservoir.kernel.Refused {@code HOST_CANNOT_SLEEP}, {@code WRONG_STATE}
     */
    Host wake(Caller caller, HostId host);

    /** Takes away what it has of the site; meanwhile it is DISABLED, and stays so if that breaks off. @throws org.reservoir.kernel.Refused {@code HOST_IN_USE} while VEEs are on it */
    void remove(Caller caller, HostId host);

    /** The text console of a running VEE. */
    Console console(Caller caller, VeeId vee);

    Optional<ScreenAddress> screen(Caller caller, VeeId vee);

    /** What the guest of a running VEE says of itself, asked now; takes some seconds when its agent is slow. */
    GuestReport guest(Caller caller, VeeId vee);
}
