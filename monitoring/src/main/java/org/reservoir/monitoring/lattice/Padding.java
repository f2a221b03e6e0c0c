package org.reservoir.monitoring.lattice;

/** What follows a BYTES value. Lattice's writer and reader disagree with each other and with XDR. */
public enum Padding {
    /** Zeros up to a multiple of four, and four of them after a whole multiple: what Lattice writes. */ WRITTEN {
        @Override
        int after(int length) {
            return 4 - length % 4;
        }
    },
    /** Zeros up to a multiple of four, as RFC 4506 has it. */ XDR {
        @Override
        int after(int length) {
            return (4 - length % 4) % 4;
        }
    },
    /** Nothing: what Lattice can read when more attributes follow. */ NONE {
        @Override
        int after(int length) {
            return 0;
        }
    };

    abstract int after(int length);
}
