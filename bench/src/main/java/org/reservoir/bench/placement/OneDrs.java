package org.reservoir.bench.placement;

import com.google.ortools.linearsolver.MPSolver;
import com.google.ortools.linearsolver.MPVariable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;

/**
 * The peer: OpenNebula's OneDRS with its policy PACK, restated from its published formulation. A truth for each VM and host and one for each host in use; every
 * VM on one host; capacity on hosts in use; a row for each pair of VMs that must be apart and each host; least hosts, and as a tie-break migrations divided by
 * more than twice their number. Solved by CBC, as there.
 */
final class OneDrs {
    private final Snapshot snapshot;
    private final MPSolver solver = MPSolver.createSolver("CBC");
    private final MPVariable[][] at;

    OneDrs(Snapshot snapshot) {
        this.snapshot = snapshot;
        int vees = snapshot.vees().size();
        int hosts = snapshot.hosts().size();
        at = new MPVariable[vees][hosts];
        double tie = 1.0 / (2 * vees + 1);
        for (int v = 0; v < vees; v++) {
            var once = solver.makeConstraint(1, 1);
            for (int h = 0; h < hosts; h++) {
                at[v][h] = solver.makeBoolVar("");
                once.setCoefficient(at[v][h], 1);
                if (snapshot.vees().get(v).host() != snapshot.hosts().get(h).id()) {
                    solver.objective().setCoefficient(at[v][h], tie);
                }
            }
        }
        capacity();
        apart();
        solver.objective().setMinimization();
    }

    private void capacity() {
        for (int h = 0; h < snapshot.hosts().size(); h++) {
            var used = solver.makeBoolVar("");
            solver.objective().setCoefficient(used, 1);
            for (int r = 0; r < snapshot.resources().size(); r++) {
                long unit = r == 0 ? 1000 : Cases.GIB;
                var room = solver.makeConstraint(-MPSolver.infinity(), 0);
                room.setCoefficient(used, -(double) (snapshot.hosts().get(h).promised(r) / unit));
                for (int v = 0; v < at.length; v++) {
                    room.setCoefficient(at[v][h], snapshot.vees().get(v).demand().amounts().at(r) / unit);
                }
            }
        }
    }

    private void apart() {
        for (int v = 0; v < at.length; v++) {
            for (int w = v + 1; w < at.length; w++) {
                var groups = snapshot.vees().get(w).demand().groups();
                if (snapshot.vees().get(v).demand().groups().stream().anyMatch(groups::contains)) {
                    for (int h = 0; h < at[v].length; h++) {
                        var row = solver.makeConstraint(0, 1);
                        row.setCoefficient(at[v][h], 1);
                        row.setCoefficient(at[w][h], 1);
                    }
                }
            }
        }
    }

    /** Empty when there is none when time is up. */
    Optional<List<VeeView>> places(double seconds) {
        solver.setTimeLimit((long) (seconds * 1000));
        var status = solver.solve();
        if (status != MPSolver.ResultStatus.OPTIMAL && status != MPSolver.ResultStatus.FEASIBLE) {
            return Optional.empty();
        }
        var places = new ArrayList<VeeView>();
        for (int v = 0; v < at.length; v++) {
            for (int h = 0; h < at[v].length; h++) {
                if (at[v][h].solutionValue() > 0.5) {
                    places.add(new VeeView(snapshot.vees().get(v).demand(), snapshot.hosts().get(h).id()));
                }
            }
        }
        return Optional.of(places);
    }
}
