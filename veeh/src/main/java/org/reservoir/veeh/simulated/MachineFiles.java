package org.reservoir.veeh.simulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.TrafficFilter;
import org.reservoir.kernel.VeeId;

/**
 * What is on a machine, in a folder: one file for each guest and one for its surroundings, written anew when an order has changed them. So a
 * machine outlives the process as a real host does, and its guests go on; what was half way (a move, an answer that is late) is not kept.
 */
final class MachineFiles {
    private static final String SURROUNDINGS = "surroundings.json";

    private final Path folder;

    MachineFiles(Path world, String machine) {
        folder = world.resolve("sim-" + URLEncoder.encode(machine, StandardCharsets.UTF_8));
    }

    record KeptGuest(Guest made, long generation, GuestState state, Instant since, long cpuNanos, List<Volume> volumes, Map<String, List<Volume>> snapshots) {}

    record Surroundings(List<ImageFile> images, Map<String, Long> contents, List<HostNetwork> networks, List<TrafficFilter> filters) {}

    /** Fills a machine that is new to this process. */
    void load(SimulatedMachine machine) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        read(SURROUNDINGS, Surroundings.class).ifPresent(all -> {
            all.images().forEach(image -> machine.images.put(image.digest(), image));
            machine.contents.putAll(all.contents());
            all.networks().forEach(network -> machine.networks.put(network.id(), network));
            all.filters().forEach(filter -> machine.filters.put(filter.id(), filter));
        });
        try (var files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString()).filter(name -> name.matches("vee-[0-9]+\\.json")).flatMap(name -> read(name, KeptGuest.class).stream())
                    .forEach(kept -> machine.guests.put(kept.made().vee(), SimulatedGuest.of(kept)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** After a call; the machine is locked. */
    void keep(SimulatedMachine machine, Call call) {
        if (call.order().isPresent()) {
            keep(machine, call.order().get().vee());
        } else if (call.verb().changesSurroundings()) {
            write(SURROUNDINGS, new Surroundings(List.copyOf(machine.images.values()), machine.contents, List.copyOf(machine.networks.values()),
                    List.copyOf(machine.filters.values())));
        }
    }

    private void keep(SimulatedMachine machine, VeeId vee) {
        var guest = machine.guests.get(vee);
        try {
            if (guest != null) {
                write(file(vee), guest.kept());
            } else {
                Files.deleteIfExists(folder.resolve(file(vee)));
            }
        } catch (IOException undeleted) {
            throw new UncheckedIOException(undeleted);
        }
    }

    private static String file(VeeId vee) {
        return vee + ".json";
    }

    private <T> Optional<T> read(String file, Class<T> type) {
        try {
            var path = folder.resolve(file);
            return Files.exists(path) ? Optional.of(Wire.read(Files.readString(path), type)) : Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void write(String file, Object what) {
        try {
            Files.createDirectories(folder);
            var part = Files.writeString(folder.resolve(file + ".part"), Wire.write(what));
            Files.move(part, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }
}
