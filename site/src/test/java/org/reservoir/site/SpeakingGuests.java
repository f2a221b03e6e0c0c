package org.reservoir.site;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.SimulatedMachine;
import org.reservoir.veeh.simulated.SimulatedWorld;

/** Has the guests of simulated hosts say, over and over, who they are, that they are ready, and their load. */
final class SpeakingGuests implements AutoCloseable {
    private final SimulatedWorld world;
    private final Map<VeeId, Integer> loads = new ConcurrentHashMap<>();
    private final Thread voice;

    SpeakingGuests(SimulatedWorld world) {
        this.world = world;
        this.voice = Thread.ofVirtual().start(this::speak);
    }

    void load(VeeId vee, int load) {
        loads.put(vee, load);
    }

    private void speak() {
        while (!Thread.currentThread().isInterrupted()) {
            world.machines().forEach(machine -> machine.guests().forEach(vee -> speak(machine, vee)));
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
    }

    private void speak(SimulatedMachine machine, VeeId vee) {
        var running = machine.stateOf(vee).filter(GuestState.RUNNING::equals).isPresent();
        machine.guest(vee).filter(_ -> running).map(guest -> guest.seed().get("reservoir.env")).map(seed -> new String(seed, StandardCharsets.UTF_8)).ifPresent(seed -> {
            machine.says(vee, "HELLO " + vee + " " + variable(seed, "VEE_SECRET"));
            machine.says(vee, "READY");
            machine.says(vee, "KPI load " + loads.getOrDefault(vee, 0));
        });
    }

    private static String variable(String seed, String name) {
        return seed.lines().filter(line -> line.startsWith(name + "=")).map(line -> line.replaceAll(name + "='|'", "")).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        voice.interrupt();
    }
}
