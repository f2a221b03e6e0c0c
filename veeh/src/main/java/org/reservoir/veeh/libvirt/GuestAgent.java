package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.GuestInside;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.Domain;

/**
 * Speaks with the QEMU guest agent of a guest that runs one (its commands: QEMU's {@code qga/qapi-schema.json}). Whether one is there is
 * found out by asking it; libvirt answers at once for a guest without. Every question has an end, and a guest whose agent hangs or lies
 * is treated like one that has none, some seconds later.
 */
final class GuestAgent {
    private static final Logger LOG = LoggerFactory.getLogger(GuestAgent.class);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration FREEZING = Duration.ofSeconds(10);
    private static final Duration BETWEEN_THAWS = Duration.ofSeconds(2);
    private static final int THAWS = 30;
    /** What an agent has to say that is of use; libvirt itself takes megabytes. */
    private static final int LONGEST = 64 << 10;

    private final Link link;

    GuestAgent(Link link) {
        this.link = link;
    }

    /** Empty when there is none, or none that answers sensibly in time. */
    Optional<String> ask(Domain dom, String json, Duration patience) {
        try {
            return link.guest().within(patience.plusSeconds(1)).agent(dom, json, patience).filter(answer -> answer.length() <= LONGEST);
        } catch (HostFailure failure) {
            if (failure.kind() == HostFailure.Kind.UNREACHABLE || failure.kind() == HostFailure.Kind.NO_SUCH_GUEST) {
                throw failure;
            }
            LOG.debug("The agent of {} does not answer: {}", dom.name(), failure.getMessage());
            return Optional.empty();
        }
    }

    private boolean obeys(Domain dom, String command, Duration patience) {
        return ask(dom, "{\"execute\":\"" + command + "\"}", patience).filter(answer -> answer.contains("\"return\"")).isPresent();
    }

    boolean answers(Domain dom) {
        return obeys(dom, "guest-ping", SHORT);
    }

    /** File systems and addresses, as QEMU's {@code guest-get-fsinfo} and {@code guest-network-get-interfaces} tell them; what cannot be read is left out. */
    Optional<GuestInside> inside(Domain dom) {
        return ask(dom, "{\"execute\":\"guest-get-fsinfo\"}", SHORT).map(fileSystems -> new GuestInside(AgentWords.fileSystems(fileSystems),
                ask(dom, "{\"execute\":\"guest-network-get-interfaces\"}", SHORT).map(AgentWords::addresses).orElse(List.of())));
    }

    /**
     * Asks the guest to end, as a person at its keyboard would. The agent confirms nothing: it is gone with the guest.
     *
     * @param mode {@code powerdown} or {@code reboot}
     * @return whether there was an agent to ask
     */
    boolean end(Domain dom, String mode) {
        if (!answers(dom)) {
            return false;
        }
        ask(dom, "{\"execute\":\"guest-shutdown\",\"arguments\":{\"mode\":\"" + mode + "\"}}", Duration.ofSeconds(1));
        return true;
    }

    /** Does the work while the guest's file systems stand still and whole; without an agent, just does the work. */
    void still(Domain dom, Runnable work) {
        if (!answers(dom)) {
            work.run();
            return;
        }
        try {
            if (!obeys(dom, "guest-fsfreeze-freeze", FREEZING)) {
                LOG.info("{} did not freeze its file systems: its disk is copied as after a power cut.", dom.name());
            }
            work.run();
        } finally {
            thaw(dom);
        }
    }

    /** A freeze that was not confirmed may still come about, so the guest is asked until it says that it goes on, without holding anybody up. */
    private void thaw(Domain dom) {
        if (!thawed(dom)) {
            Thread.ofVirtual().name("thaw-" + dom.name()).start(() -> thawAgain(dom));
        }
    }

    private void thawAgain(Domain dom) {
        try {
            for (int turn = 0; turn < THAWS; turn++) {
                Thread.sleep(BETWEEN_THAWS);
                if (thawed(dom)) {
                    return;
                }
            }
            LOG.warn("The agent of {} was told to freeze and does not say that it goes on.", dom.name());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean thawed(Domain dom) {
        try {
            return obeys(dom, "guest-fsfreeze-thaw", SHORT);
        } catch (HostFailure away) {
            LOG.debug("The agent of {} cannot be told to go on: {}", dom.name(), away.getMessage());
            return false;
        }
    }
}
