package org.reservoir.veeh.libvirt;

import java.util.List;
import java.util.Optional;

import org.reservoir.libvirtrpc.FilterCalls;
import org.reservoir.libvirtrpc.NetworkCalls;

/** Networks and filters of a libvirtd in memory. */
interface FakeNetworks extends NetworkCalls, FilterCalls, FakePart {
    @Override
    default Optional<String> networkXml(String name) {
        return Optional.ofNullable(libvirtd().networks.get(name));
    }

    @Override
    default boolean networkRuns(String name) {
        return libvirtd().networks.containsKey(name);
    }

    @Override
    default void defineNetwork(String xml) {
        call("defineNetwork");
        libvirtd().networks.put(Xml.textAt(Xml.read(xml), "name").orElseThrow(), xml);
    }

    @Override
    default void startNetwork(String name) {
        call("startNetwork");
    }

    @Override
    default void stopNetwork(String name) {
        call("stopNetwork");
    }

    @Override
    default void undefineNetwork(String name) {
        call("undefineNetwork");
        libvirtd().networks.remove(name);
    }

    @Override
    default void updateDhcpHost(String name, int command, int ip, String xml) {
        call("updateDhcpHost %d %d %s".formatted(command, ip, xml));
    }

    @Override
    default List<String> filters() {
        return List.copyOf(libvirtd().filters.keySet());
    }

    @Override
    default void defineFilter(String xml) {
        call("defineFilter");
        libvirtd().filters.put(Xml.read(xml).getAttribute("name"), xml);
    }

    @Override
    default void undefineFilter(String name) {
        call("undefineFilter");
        libvirtd().filters.remove(name);
    }
}
