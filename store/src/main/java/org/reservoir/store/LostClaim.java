package org.reservoir.store;

/** The lease of a claim ended and another worker has the work: nothing of this transaction may be written. */
public final class LostClaim extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LostClaim(String message) {
        super(message);
    }
}
