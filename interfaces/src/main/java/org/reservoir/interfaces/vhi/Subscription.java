package org.reservoir.interfaces.vhi;

/** Ends with {@link #close()}. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
