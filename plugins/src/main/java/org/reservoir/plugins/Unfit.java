package org.reservoir.plugins;

/** A plug-in answered what cannot be: said by whoever asked it, in words about the answer. Plug-ins cannot reach this class. */
public final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Unfit(String what) {
        super(what, null, false, false);
    }
}
