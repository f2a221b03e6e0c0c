package org.reservoir.bench.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.btrplace.model.DefaultModel;
import org.btrplace.model.Node;
import org.btrplace.model.VM;
import org.btrplace.model.constraint.MinMigrations;
import org.btrplace.model.constraint.Offline;
import org.btrplace.model.constraint.Preserve;
import org.btrplace.model.constraint.SatConstraint;
import org.btrplace.model.constraint.Spread;
import org.btrplace.model.view.ShareableResource;
import org.btrplace.plan.event.MigrateVM;
import org.btrplace.scheduler.choco.DefaultChocoScheduler;
import org.reservoir.placement.Snapshot;

/** The peer: BtrPlace 1.9.3 on the same snapshot, in its repair mode, with the fewest migrations as objective. */
final class BtrPlace {
    private final DefaultModel model = new DefaultModel();
    private final List<SatConstraint> constraints = new ArrayList<>();
    private final boolean repair;

    /** @param wanted the same VEEs, some of which ask for more CPU: for BtrPlace that is a constraint on what they must get */
    BtrPlace(Snapshot snapshot, Snapshot wanted, Set<Long> offline, boolean repair) {
        this.repair = repair;
        var asked = new HashMap<Long, Long>();
        wanted.vees().forEach(vee -> asked.put(vee.demand().id(), vee.demand().amounts().at(0)));
        var nodes = new HashMap<Long, Node>();
        var cpu = new ShareableResource("cpu", 0, 0);
        var memory = new ShareableResource("memory", 0, 0);
        for (var host : snapshot.hosts()) {
            var node = model.newNode();
            nodes.put(host.id(), node);
            model.getMapping().addOnlineNode(node);
            cpu.setCapacity(node, (int) (host.promised(0) / 1000));
            memory.setCapacity(node, (int) (host.promised(1) / Cases.GIB));
        }
        var groups = new HashMap<String, Set<VM>>();
        for (var vee : snapshot.vees()) {
            var vm = model.newVM();
            model.getMapping().addRunningVM(vm, nodes.get(vee.host()));
            cpu.setConsumption(vm, (int) (vee.demand().amounts().at(0) / 1000));
            memory.setConsumption(vm, (int) (vee.demand().amounts().at(1) / Cases.GIB));
            if (asked.get(vee.demand().id()) > vee.demand().amounts().at(0)) {
                constraints.add(new Preserve(vm, "cpu", (int) (asked.get(vee.demand().id()) / 1000)));
            }
            vee.demand().groups().forEach(group -> groups.computeIfAbsent(group, _ -> new HashSet<>()).add(vm));
        }
        model.attach(cpu);
        model.attach(memory);
        groups.values().forEach(group -> constraints.add(new Spread(group)));
        offline.forEach(host -> constraints.add(new Offline(nodes.get(host))));
    }

    /** Migrations of its plan; empty when it gives none. */
    OptionalLong migrations() {
        var scheduler = new DefaultChocoScheduler();
        scheduler.doRepair(repair);
        scheduler.setTimeLimit(60);
        var plan = scheduler.solve(model, constraints, new MinMigrations());
        return plan == null ? OptionalLong.empty() : OptionalLong.of(plan.getActions().stream().filter(MigrateVM.class::isInstance).count());
    }

}
