package org.reservoir.veem.review;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.HostView;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.plan.Conflict;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.placing.WaitingSets;
import org.reservoir.veem.placing.Whole;
import org.reservoir.veem.placing.Wishes;

/** Tells in its users' words what of VEEs that wait as one cannot be kept together. */
public final class Conflicting {
    private static final int MOST = 1000;

    private final Map<Long, VeeRecord> waiting = new HashMap<>();
    private final Map<Long, String> hosts;

    private Conflicting(List<VeeRecord> waiting, Whole whole) {
        waiting.forEach(vee -> this.waiting.put(vee.id().value(), vee));
        hosts = whole.snapshot().hosts().stream().collect(Collectors.toMap(HostView::id, HostView::name));
    }

    /** @param whole the site, with who waits in vain */
    public static Vees.Conflict of(Handle sql, VeeRecord vee, Whole whole) {
        if (vee.state() != VeeState.PENDING) {
            return Vees.Conflict.NONE;
        }
        var group = vee.spec().placement().group();
        var together = WaitingSets.of(vee).isPresent() ? WaitingSets.with(sql, List.of(vee)).ready() : group.isEmpty() ? List.of(vee)
                : VeeTable.query(sql, "state = 'PENDING' and affinity = ? and user_id = ? order by id limit " + MOST, group.get(), vee.ownership().user().value());
        var words = new Conflicting(together, whole);
        var set = whole.waiting().stream().filter(demand -> words.waiting.containsKey(demand.id())).toList();
        return Conflict.of(whole.snapshot(), set).map(words::told).orElse(Vees.Conflict.NONE);
    }

    private Vees.Conflict told(Conflict conflict) {
        var vees = conflict.members().stream().sorted().map(this::name).toList();
        var rules = Stream.concat(conflict.constraints().stream().map(Conflicting::wish), conflict.requirements().stream().map(this::requirements)).sorted().toList();
        var help = conflict.help().stream().map(this::help).toList();
        var alone = vees.size() == 1 && rules.isEmpty() && help.isEmpty();
        return new Vees.Conflict(vees, rules, alone ? List.of("room for %s, which has none by itself: 'vee why' tells what each host lacks".formatted(vees.getFirst())) : help);
    }

    private String name(long vee) {
        return waiting.get(vee).name();
    }

    private String requirements(long vee) {
        return "%s requires %s".formatted(name(vee), waiting.get(vee).spec().placement().requirements().orElse(""));
    }

    private static String wish(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Spread spread -> "group %s is --apart".formatted(Wishes.named(spread.group()));
            case Constraint.Gather gather -> "group %s is --together".formatted(Wishes.named(gather.group()));
            case Constraint.Fence fence -> Optional.of(fence.origin().because()).filter(because -> !because.isEmpty()).orElse(fence.group());
            case Constraint.Ban ban -> Optional.of(ban.origin().because()).filter(because -> !because.isEmpty()).orElse(ban.group());
            case Constraint.Licence licence -> "licence %s has %d %s".formatted(licence.name(), licence.seats(), licence.seats() == 1 ? "seat" : "seats");
            default -> "%s of %s".formatted(constraint.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT), constraint.group());
        };
    }

    private String help(Conflict.Help help) {
        return switch (help) {
            case Conflict.Help.Moving(var moves) -> "moving %s".formatted(moves.stream().map(this::move).collect(Collectors.joining(" and ")));
            case Conflict.Help.Without(Constraint.Licence licence) -> "more seats of licence " + licence.name();
            case Conflict.Help.Without(var constraint) -> "leaving out that " + wish(constraint);
            case Conflict.Help.WithoutRequirements(var vee) -> "leaving out that " + requirements(vee);
            case Conflict.Help.Fewer(var members) -> "no more than %d of them".formatted(members);
        };
    }

    private String move(VeeView view) {
        return "%s to %s".formatted(new VeeId(view.demand().id()), hosts.get(view.host()));
    }
}
