package org.reservoir.testbed.demo;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;

/** Moves a running guest to another host, its disks with it, while it is pinged: what it notices is what the demo shows. */
final class LiveMove {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Stage stage;
    private final Shell shell;
    private final Screen screen;

    LiveMove(Stage stage, Shell shell, Screen screen) {
        this.stage = stage;
        this.shell = shell;
        this.screen = screen;
    }

    /** Seconds, the guest's uptime before and after, pings sent and lost. */
    Map<String, Object> move(JsonNode replica) {
        var vee = replica.path("vee").asText();
        var from = host(vee);
        var to = stage.seats().stream().map(Stage.Seat::name).filter(name -> !name.equals(from)).findFirst().orElseThrow();
        var before = GuestHttp.of(stage, shell, replica);
        var uptime = uptime(before);
        var result = new TreeMap<String, Object>();
        var pings = new Pings(before);
        var began = System.nanoTime();
        shell.type("vee", "migrate", vee, "--host", to, "--live", "--wait");
        result.put("seconds", Math.round((System.nanoTime() - began) / 1e8) / 10.0);
        Pause.until(vee + " runs on " + to, PATIENCE, () -> host(vee).equals(to));
        pings.stop();
        result.putAll(Map.of("from", from, "to", to, "uptimeBefore", uptime, "uptimeAfter", uptime(GuestHttp.of(stage, shell, replica)), "pingsSent", pings.sent(),
                "pingsLost", pings.lost()));
        screen.tell("it ran for %s s before, and for %s s after: the same boot".formatted(result.get("uptimeBefore"), result.get("uptimeAfter")));
        screen.tell("%s of %s pings lost on the way, one every 0.2 s".formatted(pings.lost(), pings.sent()));
        return result;
    }

    private String host(String vee) {
        return shell.ask("host", "show", shell.ask("vee", "show", vee).path("host").asText()).path("name").asText();
    }

    private static double uptime(GuestHttp guest) {
        return Double.parseDouble(guest.get("/uptime").strip());
    }

    /** One ping after the other, from the host where the guest was: over the network that spans both. */
    private static final class Pings {
        private final AtomicBoolean on = new AtomicBoolean(true);
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicInteger lost = new AtomicInteger();
        private final Thread loop;

        Pings(GuestHttp guest) {
            loop = Thread.ofVirtual().start(() -> {
                while (on.get()) {
                    sent.incrementAndGet();
                    if (!answers(guest)) {
                        lost.incrementAndGet();
                    }
                    Pause.of(Duration.ofMillis(200));
                }
            });
        }

        private static boolean answers(GuestHttp guest) {
            try {
                guest.run("ping", "-c", "1", "-W", "1", guest.address());
                return true;
            } catch (IllegalStateException _) {
                return false;
            }
        }

        void stop() {
            on.set(false);
            try {
                loop.join(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        int sent() {
            return sent.get();
        }

        int lost() {
            return lost.get();
        }
    }
}
