package org.reservoir.gateways;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.kernel.VeeId;

/** What was measured, as callers may read it, and the way in for what guests tell. */
public interface MeasurementsView {
    /**
     * The series that {@code caller} may see, each as one value per {@code step}.
     *
     * @param subject what is measured: {@code vee-7}, {@code host-2}, {@code service-1}; empty for all
     * @param metric  such as {@code cpu.used}; empty for all
     */
    List<Series> read(Caller caller, Optional<String> subject, Optional<String> metric, Instant from, Instant to, Duration step);

    /** Takes what the guest of {@code vee} says about itself. @throws org.reservoir.kernel.Refused {@code BAD_KPI} and others */
    void told(VeeId vee, Map<String, Double> kpis, Instant at);

    /** @param unit UCUM, such as {@code s}, {@code By}, {@code %}; empty for plain numbers */
    record Series(String subject, String metric, String unit, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }
    }

    record Point(Instant at, double value) {}
}
