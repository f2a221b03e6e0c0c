package org.reservoir.interfaces.vhi;

/**
 * How a guest moves.
 *
 * @param live          while it runs; else it is saved or shut off, moved, and continued
 * @param bandwidth     bytes per second at most; 0 is no bound
 * @param maxDowntimeMs how long the guest may stand still at the end of a live move; 0 is the hypervisor's choice
 */
public record Migration(boolean live, long bandwidth, int maxDowntimeMs) {
    public static final Migration LIVE = new Migration(true, 0, 0);
    public static final Migration COLD = new Migration(false, 0, 0);
}
