package org.reservoir.veem;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.SimulatedMachine;
import org.reservoir.veem.kept.VeeRecord;

/** Two hosts to which things happen; at the end all is as it must be. */
abstract class TroubledSite {
    final SteppedSite site = new SteppedSite(2);

    @AfterEach
    void allIsAsItMustBeAtTheEnd() {
        try (site) {
            site.converge();
        }
    }

    VeeRecord running(String name) {
        return site.running(site.spec(name));
    }

    SimulatedMachine machine(VeeId vee) {
        return site.world.machinesOf(vee).getFirst();
    }

    Host host(HostId host) {
        return site.veem.hosts().host(SimulatedSite.ADMIN, host);
    }

    /** So much time passes, with the hosts being visited every few seconds. */
    void pass(Duration time) {
        for (var end = site.clock.instant().plus(time); site.clock.instant().isBefore(end); site.clock.advance(Duration.ofSeconds(5))) {
            site.veem.keeper.visitAll();
            site.work();
        }
    }
}
