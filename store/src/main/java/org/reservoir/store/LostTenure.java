package org.reservoir.store;

/** Somebody else holds the tenure by now; the transaction is rolled back, and the former holder stops. */
public final class LostTenure extends RuntimeException {
    private static final long serialVersionUID = 1;

    LostTenure(Tenure tenure) {
        super("%s no longer holds %s (fence %d)".formatted(tenure.holder(), tenure.name(), tenure.fence()), null, false, false);
    }
}
