package org.reservoir.interfaces.vhi;

/** Hears how far something long has come. Called often: return fast. */
@FunctionalInterface
public interface Progress {
    Progress UNHEARD = (_, _) -> {};

    /** @param total 0 while unknown */
    void at(long done, long total);
}
