package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.ServiceId;

/**
 * One turn of a service: looks at its VEEs, has {@link Reconciliation} decide, does the steps, writes down what came of it. Turns of one
 * service never overlap (they are work of one subject); a turn that ends in the middle is simply done again.
 */
final class Reconciler {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ServiceRecords records;
    private final Vmi vmi;
    private final ServiceSettings settings;

    Reconciler(ServiceRecords records, Vmi vmi, ServiceSettings settings) {
        this.records = records;
        this.vmi = vmi;
        this.settings = settings;
    }

    /** @return when to take the next turn though nothing was heard; empty when the service is gone */
    Optional<Instant> turn(ServiceId id, Instant now) {
        var found = records.find(id);
        if (found.isEmpty() || found.get().state() == Service.State.UNDEPLOYED) {
            return Optional.empty();
        }
        var service = found.get();
        var vees = vees(vmi, service);
        var seen = vees.stream().flatMap(vee -> Seen.of(vee).stream()).toList();
        var outcome = service.up() ? Reconciliation.keepUp(service.tiers(), seen, now) : Reconciliation.takeDown(service.tiers(), seen, now);
        var work = new ReplicaWork(records, vmi, settings, service, vees, now);
        outcome.steps().forEach(work::perform);
        return finish(service, outcome, work, now);
    }

    private Optional<Instant> finish(KeptService service, Outcome outcome, ReplicaWork work, Instant now) {
        var clearing = Optional.<Attempt>empty();
        var state = outcome.state();
        if (state == Service.State.UNDEPLOYED) {
            clearing = new ServiceNetworks(records, vmi, settings).clear(service, now);
            state = clearing.filter(attempt -> !attempt.exhausted()).isPresent() ? Service.State.UNDEPLOYING : state;
        }
        records.progress(service.id(), service.up(),
                new ServiceRecords.Progress(state, outcome.problem(), outcome.started(), outcome.well(), work.troubles(), clearing), now);
        return state == Service.State.UNDEPLOYED ? Optional.empty() : next(outcome, work, clearing, now);
    }

    private Optional<Instant> next(Outcome outcome, ReplicaWork work, Optional<Attempt> clearing, Instant now) {
        boolean busy = !outcome.steps().isEmpty() || !outcome.started().isEmpty();
        return Stream.of(outcome.again().stream(), clearing.map(Attempt::next).stream(), work.troubles().values().stream().map(Attempt::next),
                Stream.of(now.plus(busy ? SOON : settings.resync()))).flatMap(alarms -> alarms).min(Instant::compareTo);
    }

    /** All VEEs of the service's owner that carry its tag, gone ones left out. */
    static List<Vee> vees(Vmi vmi, KeptService service) {
        var filter = new Vees.Filter(Set.of(), Optional.empty(), Optional.empty(), Set.of(VeeChanged.SERVICE_TAG + "=" + service.id()), false);
        var vees = new ArrayList<Vee>();
        var page = vmi.vees().vees(service.owner(), filter, Page.Request.ALL);
        vees.addAll(page.items());
        while (page.next().isPresent()) {
            page = vmi.vees().vees(service.owner(), filter, new Page.Request(Page.Request.ALL.limit(), page.next()));
            vees.addAll(page.items());
        }
        // anybody may put any tag on his own VEEs
        vees.removeIf(vee -> !vee.ownership().user().equals(service.owner().user()));
        return vees;
    }
}
