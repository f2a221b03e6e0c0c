package org.reservoir.interfaces.vmi;

import java.util.List;

/**
 * Licences whose seats the site counts: a VEE that asks for one ({@link VeeSpec.Wish#licences}) gets a place only while a seat is free. For infrastructure
 * administrators, but for {@link #require}: to anybody else all is {@code ADMINISTRATORS_ONLY}.
 */
public interface Licences {
    /** By name. */
    List<Licence> licences(Caller caller);

    /** @throws org.reservoir.kernel.Refused {@code LICENCE_NOT_FOUND} */
    Licence licence(Caller caller, String name);

    /** For whoever is about to ask for them, administrator or not. @param who asks, as a sentence begins @throws org.reservoir.kernel.Refused {@code LICENCE_NOT_FOUND} */
    void require(String who, List<String> names);

    /**
     * In force from the next decision on; who waits for a seat is looked at again. With fewer seats than are taken nobody is moved or ended, and nobody gets one until fewer
     * are taken.
     *
     * @throws org.reservoir.kernel.Refused {@code BAD_LICENCE}, {@code BAD_NAME}
     */
    Licence set(Caller caller, Licence.Terms terms);

    /** @throws org.reservoir.kernel.Refused {@code LICENCE_NOT_FOUND}, {@code LICENCE_IN_USE} while VEEs ask for it */
    void remove(Caller caller, String name);
}
