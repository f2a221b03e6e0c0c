package org.reservoir.placement.lease;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.reservoir.kernel.Refused;

/**
 * Changes to the leases of a workload, as in Haizea's LWFA files: another start or deadline (both counted from the lease's arrival), other software, more extras.
 * They go by the leases' ids or, when none has an id, to the leases in their order.
 */
public final class Annotations {
    private record Annotation(Optional<Tree> start, Optional<Tree> deadline, boolean software, Map<String, String> extras) {}

    private final Map<Long, Annotation> byId = new HashMap<>();
    private final List<Annotation> inOrder = new ArrayList<>();

    private Annotations() {}

    /** @throws Refused {@code BAD_XML} or {@code BAD_LWF}, with the line */
    public static Annotations read(InputStream in) {
        var root = Tree.read(in);
        if (!root.name().equals("lease-annotations")) {
            throw root.bad("<%s> is not a file of lease annotations".formatted(root.name()));
        }
        var annotations = new Annotations();
        for (var element : root.all("lease-annotation")) {
            var annotation = new Annotation(element.some("start"), element.some("deadline"), element.some("software").isPresent(), LwfReader.extras(element));
            annotation.deadline.ifPresent(deadline -> deadline.seconds("time"));
            annotation.start.ifPresent(start -> LwfReader.start(start, 0));
            if (element.attribute("id").isPresent()) {
                annotations.byId.put(element.number("id"), annotation);
            } else {
                annotations.inOrder.add(annotation);
            }
            if (!annotations.byId.isEmpty() && !annotations.inOrder.isEmpty()) {
                throw element.bad("some annotations have an id and some have none");
            }
        }
        return annotations;
    }

    /** @throws Refused {@code BAD_LEASE} when an annotation makes a lease impossible */
    public Workload applyTo(Workload workload) {
        var changed = new ArrayList<LeaseRequest>();
        for (int i = 0; i < workload.requests().size(); i++) {
            var request = workload.requests().get(i);
            var annotation = byId.getOrDefault(request.id(), i < inOrder.size() ? inOrder.get(i) : null);
            changed.add(annotation == null ? request : apply(annotation, request));
        }
        return workload.with(changed);
    }

    private static LeaseRequest apply(Annotation annotation, LeaseRequest request) {
        var start = annotation.start.map(it -> LwfReader.start(it, request.arrival())).orElse(request.start());
        var deadline = annotation.deadline.map(it -> OptionalLong.of(request.arrival() + it.seconds("time"))).orElse(request.deadline());
        var extras = new HashMap<>(request.extras());
        if (annotation.software) {
            extras.remove(LwfReader.IMAGE);
            extras.remove(LwfReader.IMAGE_SIZE);
        }
        extras.putAll(annotation.extras);
        return new LeaseRequest(request.id(), request.arrival(), start, request.duration(), deadline, request.preemptible(), request.nodes(), request.ends(), request.user(), extras);
    }
}
