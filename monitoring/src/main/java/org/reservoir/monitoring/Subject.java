package org.reservoir.monitoring;

import java.util.Comparator;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;

/**
 * What a measurement is of. A VEE's series belong to the VEE and not to its host, so they go on when it migrates;
 * service, component and host are {@link Labels} that may change under a series.
 */
public sealed interface Subject {
    /** Kind by kind, and those of a kind by number: {@code vee-9} before {@code vee-10}. */
    Comparator<Subject> ORDER = Comparator.<Subject, String>comparing(subject -> subject.getClass().getSimpleName()).thenComparingLong(Subject::number);

    record OfVee(VeeId vee) implements Subject {
        @Override
        public String toString() {
            return vee.toString();
        }
    }

    record OfHost(HostId host) implements Subject {
        @Override
        public String toString() {
            return host.toString();
        }
    }

    /** What is known of a service as a whole and of no single VEE of it. */
    record OfService(ServiceId service) implements Subject {
        @Override
        public String toString() {
            return service.toString();
        }
    }

    /** The site itself: its servers, queues, and monitoring's own cost. */
    record OfSite() implements Subject {
        @Override
        public String toString() {
            return "site";
        }
    }

    private long number() {
        return switch (this) {
            case OfVee(var vee) -> vee.value();
            case OfHost(var host) -> host.value();
            case OfService(var service) -> service.value();
            case OfSite() -> 0;
        };
    }

    static Subject of(VeeId vee) {
        return new OfVee(vee);
    }

    static Subject of(HostId host) {
        return new OfHost(host);
    }

    static Subject of(ServiceId service) {
        return new OfService(service);
    }

    static Subject site() {
        return new OfSite();
    }

    /** Of {@code vee-7}, {@code host-2}, {@code service-1} or {@code site}. @throws Refused {@code BAD_SUBJECT}, {@code BAD_ID} */
    static Subject parse(String text) {
        return switch (text.replaceFirst("-.*", "")) {
            case "vee" -> of(VeeId.parse(text));
            case "host" -> of(HostId.parse(text));
            case "service" -> of(ServiceId.parse(text));
            case "site" -> site();
            default -> throw Refused.invalid("BAD_SUBJECT", "'%s' is nothing that is measured.".formatted(text), "Write vee-7, host-2, service-1 or site.");
        };
    }
}
