package org.reservoir.interfaces.vhi;

import java.util.List;

import org.reservoir.kernel.DataSize;

/** What an agent inside a guest says; nobody has checked it. @param addresses IP addresses without loopback and link-local ones */
public record GuestInside(List<FileSystem> fileSystems, List<String> addresses) {
    public GuestInside {
        fileSystems = List.copyOf(fileSystems);
        addresses = List.copyOf(addresses);
    }

    public record FileSystem(String folder, DataSize size, DataSize used) {}
}
