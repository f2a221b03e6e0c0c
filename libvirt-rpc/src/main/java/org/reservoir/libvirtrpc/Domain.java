package org.reservoir.libvirtrpc;

import java.util.UUID;

/** A domain as libvirt hands it around. @param id its number while it runs, else -1 */
public record Domain(String name, UUID uuid, int id) {
    public boolean active() {
        return id >= 0;
    }
}
