package org.reservoir.servicemanager;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;

/** A site that can promise 99 per cent, and remembers what it was asked. */
final class FakeAdmission implements Placements {
    record Asked(ServiceToAdmit service, List<ServiceToAdmit> there, List<ServiceToAdmit> others) {}

    final List<Asked> asked = new ArrayList<>();
    Predicate<Asked> answering = it -> it.service().promised() <= 0.99;

    @Override
    public Verdict admission(ServiceToAdmit service, List<ServiceToAdmit> there, List<ServiceToAdmit> others) {
        asked.add(new Asked(service, List.copyOf(there), List.copyOf(others)));
        var admitted = answering.test(asked.getLast());
        return new Verdict(admitted, new Chance(0.9941, 0.9912, 0.9961, 4000, false), new Chance(1, 1, 1, 2, true),
                admitted ? List.of("it is admitted") : List.of("it is refused", "With all hosts up, at its most: 2 hosts have too little cpu left."), admitted ? List.of() : List.of("a promise of at most 99.12 %", "at most 2 of web"));
    }

    private static UnsupportedOperationException administrators() {
        return new UnsupportedOperationException("for administrators");
    }

    @Override
    public List<PlacementPolicy> policies(Caller caller) {
        throw administrators();
    }

    @Override
    public PlacementPolicy set(Caller caller, PlacementPolicy policy) {
        throw administrators();
    }

    @Override
    public void unset(Caller caller, Optional<String> cluster) {
        throw administrators();
    }

    @Override
    public List<PlacementPlan> review(Caller caller, Optional<String> cluster) {
        throw administrators();
    }

    @Override
    public List<PlacementPlan> run(Caller caller, Optional<String> cluster) {
        throw administrators();
    }

    @Override
    public List<PlacementPlan> plans(Caller caller) {
        throw administrators();
    }

    @Override
    public Survival survival(Caller caller, Loss loss) {
        throw administrators();
    }

    @Override
    public Verdict admit(Caller caller, ServiceToAdmit service) {
        throw administrators();
    }
}
