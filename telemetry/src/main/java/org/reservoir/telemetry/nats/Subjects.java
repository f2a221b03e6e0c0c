package org.reservoir.telemetry.nats;

import java.util.Arrays;
import java.util.stream.Collectors;

import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.StreamInfo;

/**
 * The subjects: {@code ROOT.m.SERVICE.TYPE.NAME} for measurements and words of a stream, where NAME's dots make words of their
 * own, so that whoever wants a prefix asks for {@code ROOT.m.*.*.es.tid.>}; {@code ROOT.alive.SOURCE}; {@code ROOT.kept.SPOOL} for
 * what is to be acknowledged, to {@code ROOT.ack.SPOOL}. {@code host} stands for the service of what a host or the site measures of
 * itself, {@code none} for that of VEEs without one. Dots in a type become slashes.
 */
final class Subjects {
    private Subjects() {}

    static String of(String root, StreamInfo stream) {
        return "%s.m.%s.%s.%s".formatted(root, service(stream), type(stream.schema().type()), words(stream.name()));
    }

    static String alive(String root, String source) {
        return root + ".alive." + source;
    }

    static String kept(String root, long spool) {
        return root + ".kept." + Long.toHexString(spool);
    }

    static String acknowledged(String root, long spool) {
        return root + ".ack." + Long.toHexString(spool);
    }

    /** What to listen to for an interest; a prefix that ends within a word is widened to all that has the words before it. */
    static String wanted(String root, Interest interest) {
        int dot = interest.prefix().lastIndexOf('.');
        var name = dot < 0 ? ">" : words(interest.prefix().substring(0, dot)) + ".>";
        return "%s.m.%s.%s.%s".formatted(root, interest.service().map(ServiceId::toString).orElse("*"), interest.type().map(Subjects::type).orElse("*"), name);
    }

    private static String service(StreamInfo stream) {
        return switch (stream.subject()) {
            case Subject.OfService(var service) -> service.toString();
            case Subject.OfVee _ -> stream.labels().service().map(ServiceId::toString).orElse("none");
            case Subject.OfHost _, Subject.OfSite _ -> "host";
        };
    }

    private static String type(String type) {
        return type.replace('.', '/');
    }

    /** NATS has no empty words. */
    private static String words(String name) {
        return Arrays.stream(name.split("\\.", -1)).map(word -> word.isEmpty() ? "_" : word).collect(Collectors.joining("."));
    }
}
