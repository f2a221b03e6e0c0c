package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/** The VEEs of a site. */
public interface Vees {

    /** Notes the wish for each spec, all or none. They are placed together unless they say otherwise. */
    List<Vee> create(Caller caller, List<VeeSpec> specs);

    default Vee create(Caller caller, VeeSpec spec) {
        return create(caller, List.of(spec)).getFirst();
    }

    /** @throws org.reservoir.kernel.Refused {@code VEE_NOT_FOUND} */
    Vee vee(Caller caller, VeeId vee);

    Page<Vee> vees(Caller caller, Filter filter, Page.Request page);

    /** Notes the action; what it came to is seen in the VEE. @throws org.reservoir.kernel.Refused {@code WRONG_STATE} and others, nothing changed */
    Vee act(Caller caller, VeeId vee, VeeAction action);

    /** The same action for many VEEs, each on its own: some may be refused while others are noted. In the order given. */
    default List<Answer> actOnAll(Caller caller, List<VeeId> vees, VeeAction action) {
        return vees.stream().<Answer>map(vee -> {
            try {
                return new Answer.Noted(act(caller, vee, action));
            } catch (Refused refused) {
                return new Answer.Not(vee, refused);
            }
        }).toList();
    }

    /** What one of many was answered. */
    sealed interface Answer {
        record Noted(Vee vee) implements Answer {}

        record Not(VeeId vee, Refused why) implements Answer {}
    }

    /** The VEE's past, oldest first. */
    List<Vee.Past> history(Caller caller, VeeId vee);

    /** For each host, why the VEE cannot be there and what would help; best hosts first. */
    List<WhyNot> explain(Caller caller, VeeId vee);

    /** Which VEEs that wait with it, and which of their wishes, cannot be kept together; those of its set, or else of its affinity group, wait as one. */
    Conflict conflict(Caller caller, VeeId vee);

    /** Notes that the guest said it is ready. Called by the guest's voice alone. */
    void guestReady(VeeId vee);

    /** Whether {@code secret} is this VEE's own. Tells nothing else. */
    boolean knowsSecret(VeeId vee, String secret);

    /** @param tags each {@code key=value}; those that have them all; @param includeTerminated also those that are gone */
    record Filter(Set<VeeState> states, Optional<HostId> host, Optional<String> name, Set<String> tags, boolean includeTerminated) {
        public static final Filter LIVING = new Filter(Set.of(), Optional.empty(), Optional.empty(), Set.of(), false);

        public Filter {
            states = Set.copyOf(states);
            tags = Set.copyOf(tags);
        }
    }

    /**
     * As little as cannot be kept together: whichever of it is left out, the rest of it has places.
     *
     * @param vees  that wait; none when all that wait together have places, or nothing waits
     * @param rules wishes of theirs, in words
     * @param help  single changes after which all that wait together have places, the least first
     */
    record Conflict(List<String> vees, List<String> rules, List<String> help) {
        public static final Conflict NONE = new Conflict(List.of(), List.of(), List.of());

        public Conflict {
            vees = List.copyOf(vees);
            rules = List.copyOf(rules);
            help = List.copyOf(help);
        }
    }

    /** @param reasons none when the host would do */
    record WhyNot(HostId host, String hostName, List<String> reasons) {
        public WhyNot {
            reasons = List.copyOf(reasons);
        }
    }
}
