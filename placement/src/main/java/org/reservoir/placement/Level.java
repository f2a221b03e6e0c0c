package org.reservoir.placement;

import java.util.Locale;

/** How close is close: hosts stand in racks, racks in sites. */
public enum Level {
    HOST, RACK, SITE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
