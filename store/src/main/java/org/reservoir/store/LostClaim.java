package org.reservoir.store;

/**
 * The work was taken over by somebody else since it was claimed, so what this worker found out about it must not be written
 * down: the transaction is rolled back. Not an error of anybody; the worker drops the work.
 */
public final class LostClaim extends RuntimeException {
    private static final long serialVersionUID = 1;

    LostClaim(String message) {
        super(message, null, false, false);
    }
}
