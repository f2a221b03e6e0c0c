package org.reservoir.site;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.Whereabouts;
import org.reservoir.monitoring.probe.StreamInfo;

/**
 * What an agent's key may tell of: its subjects, and of each host among them the VEEs that are on it now. So a key that was stolen from a
 * host steers no rule of a VEE elsewhere. Says nothing of where else a VEE belongs than what the site knows.
 *
 * @param subjects empty for a key from before keys were bound: it may tell of nothing
 */
record Tells(List<Subject> subjects) {
    static final Tells NOTHING = new Tells(List.of());

    Tells {
        subjects = List.copyOf(subjects);
    }

    /** @throws Refused {@code AGENT_OF_NOTHING}, {@code BAD_SUBJECT}, {@code BAD_ID} */
    static Tells asked(String name, Optional<String> host, List<String> others) {
        var subjects = others.stream().map(Subject::parse).collect(Collectors.toCollection(java.util.LinkedHashSet::new));
        host.map(HostId::parse).map(Subject::of).ifPresent(subjects::add);
        if (subjects.isEmpty()) {
            subjects.add(named(name));
        }
        return new Tells(List.copyOf(subjects));
    }

    /** An agent that is called like its host needs no more words. */
    private static Subject named(String name) {
        if (!name.matches("host-[0-9]+")) {
            throw Refused.invalid("AGENT_OF_NOTHING", "Nothing is said of what the agent %s may tell.".formatted(name), "Say --host HOST for a host and the VEEs on it, or --subject SUBJECT.");
        }
        return Subject.of(HostId.parse(name));
    }

    static Tells written(String text) {
        return text.isEmpty() ? NOTHING : new Tells(Arrays.stream(text.split(" ")).map(Subject::parse).toList());
    }

    String written() {
        return subjects.stream().map(Subject::toString).collect(Collectors.joining(" "));
    }

    /** Why nothing that the agent brings is taken, and what to do; empty when all is well. */
    Optional<String> trouble(String agent) {
        return subjects.isEmpty() ? Optional.of("its key is bound to no host, as those of before were, and tells of nothing: 'reservoir agent remove %s', then 'reservoir agent add %s --host HOST', and give it the new key"
                .formatted(agent, agent)) : Optional.empty();
    }

    /** What to say when all that came was refused; empty when nothing was. */
    Optional<String> strange(long refused) {
        return refused == 0 ? Optional.empty() : Optional.of("%d measurements refused and none taken: its key tells of %s alone; is its --host another?"
                .formatted(refused, subjects.stream().map(Subject::toString).collect(Collectors.joining(", "))));
    }

    boolean covers(StreamInfo stream, Whereabouts whereabouts) {
        var known = stream.subject() instanceof Subject.OfVee(var vee) ? whereabouts.of(vee).orElse(Labels.NONE) : Labels.NONE;
        return (subjects.contains(stream.subject()) || known.host().map(Subject::of).filter(subjects::contains).isPresent()) && isSo(stream, known);
    }

    /** Labels say where it goes: to a service's border, say. */
    private static boolean isSo(StreamInfo stream, Labels known) {
        var said = stream.labels();
        return switch (stream.subject()) {
            case Subject.OfVee _ -> said.service().isEmpty() || said.service().equals(known.service());
            case Subject.OfService(var service) -> said.service().isEmpty() || said.service().get().equals(service);
            case Subject.OfHost _, Subject.OfSite _ -> said.service().isEmpty();
        };
    }
}
