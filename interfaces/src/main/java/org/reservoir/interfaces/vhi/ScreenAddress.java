package org.reservoir.interfaces.vhi;

/** Where a viewer reaches a guest's screen. @param protocol {@code vnc} or {@code spice} */
public record ScreenAddress(String protocol, String host, int port) {}
