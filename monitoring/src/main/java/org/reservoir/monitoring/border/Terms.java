package org.reservoir.monitoring.border;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;

/**
 * What of one service may cross to one peer site, and in which words; decides, and keeps nothing. Only streams of the service's
 * VEEs and of the service itself cross, and of those nothing that tells of hosts: no host label, no source (which would show
 * which VEEs share a host), no name but the VEE's own, no attribute named for a host, and of VEEs, which the site measures, no texts.
 * What a service says of itself keeps its names and texts.
 *
 * @param service the service here
 * @param abroad  the same service at the peer
 * @param vees    a VEE's id at the peer; empty for one that is not the peer's business
 */
public record Terms(ServiceId service, ServiceId abroad, Function<VeeId, Optional<VeeId>> vees) implements Passage {
    private static final Set<String> TELL_OF_HOSTS = Set.of("host", "hosts", "hostname", "hypervisor", "node", "site");

    /** The same ids on both sides. */
    public static Terms sameIds(ServiceId service) {
        return new Terms(service, service, Optional::of);
    }

    /** Whether it is the service's, by what is known of it. */
    boolean concern(StreamInfo stream) {
        return switch (stream.subject()) {
            case Subject.OfVee _ -> stream.labels().service().equals(Optional.of(service));
            case Subject.OfService(var whose) -> whose.equals(service);
            case Subject.OfHost _, Subject.OfSite _ -> false;
        };
    }

    @Override
    public Optional<Crossing> crossing(StreamInfo stream, SourceId source, int number) {
        var subject = concern(stream) ? subjectAbroad(stream.subject()) : Optional.<Subject>empty();
        var attributes = attributes(stream);
        if (subject.isEmpty() || attributes.length == 0) {
            return Optional.empty();
        }
        var labels = new Labels(Optional.of(abroad), stream.labels().component(), Optional.empty());
        var name = subject.get() instanceof Subject.OfVee ? subject.get() + "." + stream.schema().type() : stream.name();
        var schema = new Schema(stream.schema().type(), pick(stream.schema().attributes(), attributes));
        return Optional.of(new Crossing(new StreamInfo(source, number, name, subject.get(), labels, schema, stream.period(), stream.silence(), stream.delivery()), attributes));
    }

    /** Whether what comes from the peer under these terms is what it may tell: only the service's, told in the home's words. */
    public boolean admits(StreamInfo stream) {
        return stream.labels().host().isEmpty() && stream.labels().service().equals(Optional.of(abroad)) && switch (stream.subject()) {
            case Subject.OfVee(var vee) -> vees.apply(vee).isPresent();
            case Subject.OfService(var whose) -> whose.equals(abroad);
            case Subject.OfHost _, Subject.OfSite _ -> false;
        };
    }

    private Optional<Subject> subjectAbroad(Subject subject) {
        return subject instanceof Subject.OfVee(var vee) ? vees.apply(vee).map(Subject::of) : Optional.of(Subject.of(abroad));
    }

    private static int[] attributes(StreamInfo stream) {
        boolean itsOwnWords = stream.subject() instanceof Subject.OfService;
        var picked = new ArrayList<Integer>();
        for (int i = 0; i < stream.schema().size(); i++) {
            var attribute = stream.schema().attributes().get(i);
            if ((attribute.type().isNumber() || itsOwnWords) && !tellsOfHosts(attribute.name())) {
                picked.add(i);
            }
        }
        return picked.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean tellsOfHosts(String name) {
        for (var word : name.split("[._:/@-]")) {
            if (TELL_OF_HOSTS.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private static List<Schema.Attribute> pick(List<Schema.Attribute> all, int[] picked) {
        return java.util.Arrays.stream(picked).mapToObj(all::get).toList();
    }
}
