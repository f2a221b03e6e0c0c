package org.reservoir.gateways;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;

/** Nothing crosses, but it is remembered what should. */
final class FakeBorders implements BordersView {
    private final List<Border> borders = new ArrayList<>();

    @Override
    public synchronized List<Border> borders() {
        return List.copyOf(borders);
    }

    @Override
    public synchronized void open(String by, ServiceId service, Opening opening) {
        borders.add(new Border(service, opening.peer(), "OUT", Optional.of(opening.at()), 0, 0, 0, "not connected yet"));
    }

    @Override
    public void close(String by, ServiceId service, String peer) {
        end(service, peer, "OUT");
    }

    @Override
    public synchronized Admitted admit(String by, ServiceId service, String peer) {
        borders.add(new Border(service, peer, "IN", Optional.empty(), 0, 0, 0, ""));
        return new Admitted(service, peer, "00000001-" + "ab".repeat(32));
    }

    @Override
    public void dismiss(String by, ServiceId service, String peer) {
        end(service, peer, "IN");
    }

    private synchronized void end(ServiceId service, String peer, String direction) {
        if (!borders.removeIf(border -> border.service().equals(service) && border.peer().equals(peer) && border.direction().equals(direction))) {
            throw Refused.notFound("BORDER_NOT_FOUND", "No measurements of %s cross.".formatted(service), "");
        }
    }
}
