package org.reservoir.monitoring.plane;

import java.util.List;

import org.reservoir.monitoring.probe.ProbeKind;

/** A kind of probe as people are shown it. @param origin {@code built in}, or whose plug-in it is */
public record KindShown(String name, String purpose, List<ProbeKind.Parameter> parameters, String origin) {
    public KindShown {
        parameters = List.copyOf(parameters);
    }
}
