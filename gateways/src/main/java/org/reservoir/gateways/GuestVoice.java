package org.reservoir.gateways;

import java.util.Map;

import org.reservoir.kernel.VeeId;

/** The way in for what guests tell of themselves, each with its own secret, which can do nothing else. */
public interface GuestVoice {
    /** All KPIs, or none. @throws org.reservoir.kernel.Refused {@code WRONG_SECRET}, {@code BAD_KPI}, {@code TOO_MANY_REPORTS} and others */
    void report(VeeId vee, String secret, Map<String, Double> kpis);

    /** Whether a guest may report under this name. */
    boolean isKpi(String name);

    /** @throws org.reservoir.kernel.Refused {@code WRONG_SECRET} */
    void ready(VeeId vee, String secret);
}
