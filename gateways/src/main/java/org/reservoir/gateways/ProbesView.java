package org.reservoir.gateways;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;

/** What measures in the site, and what it is told to do. */
public interface ProbesView {
    /** Those heard of within the last ten minutes. */
    List<Source> sources();

    /** @param source by id or name @throws Refused {@code NO_SUCH_SOURCE} */
    Source source(String source);

    /** By source and name. @throws Refused {@code NO_SUCH_SOURCE}, {@code NO_SUCH_PROBE} when one is named that is not there */
    List<Probe> probes(Which which);

    /** @throws Refused {@code NO_SUCH_SOURCE} */
    List<Kind> kinds(Optional<String> source);

    /** @param by who asks, for the audit @throws Refused {@code PROBE_TAKEN}, {@code NO_SUCH_KIND}, {@code BAD_PROBE} and more */
    Probe add(String by, NewProbe probe);

    Done change(String by, Which which, Change change);

    Done remove(String by, Which which);

    /** Keeps a source within a budget from now on. @throws Refused {@code NO_SUCH_SOURCE}, {@code BAD_BUDGET} */
    void budget(String by, String source, Budget budget);

    /**
     * What a source may take; what is left out is not bounded.
     *
     * @param share       of one core for all its measuring: 0.05 is a twentieth
     * @param perListener measurements a second that any one listener gets at most
     */
    record Budget(Optional<Double> share, Optional<Double> perListener) {}

    /**
     * A process that has probes.
     *
     * @param id      new with every start
     * @param host    the one that it runs on, when it is a host's
     * @param state   {@code ALIVE} or {@code LOST}
     * @param silent  for so long nothing was heard of it
     * @param orders  {@code here}, the address at which it hears orders, or nothing when it takes none
     * @param streams how many of its streams are in which state
     * @param share   of one core that measuring takes
     * @param gaps    measurements sent and not heard
     */
    record Source(String id, String name, Optional<HostId> host, String state, Duration silent, Optional<String> orders, int probes, Map<String, Integer> streams, double share,
                  long failures, long gaps, Optional<String> problem) {}

    /**
     * A probe: what is wanted of it, and what it does.
     *
     * @param source    name of its source
     * @param kind      known of sources that take orders
     * @param subject   what it measures: {@code vee-7}, {@code host-2}, {@code service-1}, {@code site}
     * @param type      of measurement; a probe whose kind is not there has none
     * @param values    what a measurement consists of
     * @param state     {@code ON}, {@code OFF}, {@code STALE}, {@code LOST}, {@code RETIRED} or {@code WAITING} for its kind
     * @param measured  whether it is measured at all: it rests while nobody wants it
     * @param periodNow how often it is measured now: less often than asked when nobody wants it that often or it was slowed
     * @param lasting   whether it comes again after a restart by itself
     * @param share     of one core that it takes
     * @param gaps      measurements sent and not heard
     * @param twice     heard more than once and taken once
     */
    record Probe(String source, String name, int stream, Optional<String> kind, Map<String, String> parameters, String subject, Optional<ServiceId> service, Optional<String> component,
                 Optional<HostId> host, Optional<String> type, List<Value> values, String state, boolean measured, boolean on, Duration period, Optional<Duration> periodNow, Optional<Sending> sending,
                 String delivery, boolean lasting, Optional<String> problem, double share, long heard, long gaps, long twice) {}

    /** @param type such as {@code DOUBLE} @param unit may be empty */
    record Value(String name, String type, String unit, boolean optional) {}

    /** @param origin {@code built in}, or whose plug-in it is */
    record Kind(String name, String purpose, List<Parameter> parameters, String origin) {}

    /** @param usual the value when none is given; absent when one must be given */
    record Parameter(String name, String meaning, Optional<String> usual) {}

    /**
     * Which of the measurements are sent.
     *
     * @param when      {@code always}; {@code change}: those that differ from the one sent last; {@code dead-band}: those farther than {@code width} from it; {@code inside}
     *                  or {@code outside} {@code low} to {@code high}; {@code above} {@code low}; {@code below} {@code high}; {@code summary}: one for each {@code window}
     * @param attribute the value that is looked at, for all from dead-band to below
     * @param relative  whether {@code width} is a fraction of the value sent last
     * @param silence   after which one is sent all the same; a minute when left out
     * @param figure    of a summary: MEAN, MIN, MAX, SUM, LAST or COUNT
     */
    record Sending(String when, Optional<String> attribute, Optional<Double> width, boolean relative, Optional<Double> low, Optional<Double> high, Optional<Duration> silence,
                   Optional<Duration> window, Optional<String> figure) {
        public static Sending of(String when) {
            return new Sending(when, Optional.empty(), Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * @param source   this server's when left out
     * @param subject  {@code vee-7}, or by name {@code vee/web}, and the like; {@code site} when left out, or of an agent its host
     * @param period   ten seconds when left out
     * @param off      whether it is added without being switched on
     * @param delivery {@code CONTROL} when left out, or {@code ACCOUNTING}
     * @param deadline for probes that wait; five seconds when left out
     */
    record NewProbe(Optional<String> source, String name, String kind, Map<String, String> parameters, Optional<String> subject, Optional<Duration> period, boolean off,
                    Optional<Sending> sending, Optional<String> delivery, Optional<Duration> deadline) {
        /** The same of one subject. */
        public NewProbe of(String subject) {
            return new NewProbe(source, name, kind, parameters, Optional.of(subject), period, off, sending, delivery, deadline);
        }
    }

    /** What is left out stays as it is. */
    record Change(Optional<Boolean> on, Optional<Duration> period, Optional<Sending> sending, Optional<String> delivery) {
        public boolean isNothing() {
            return on.isEmpty() && period.isEmpty() && sending.isEmpty() && delivery.isEmpty();
        }
    }

    /** Those named, or those that fit all that is given. @param source by id or name @param type of measurement */
    record Which(List<String> names, Optional<String> source, Optional<String> prefix, Optional<String> kind, Optional<String> type, Optional<ServiceId> service) {}

    /** @param changed how many do now as asked @param problems of those that do not */
    record Done(int changed, List<String> problems) {}
}
