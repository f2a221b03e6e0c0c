package org.reservoir.testbed.demo;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

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

    /** Seconds, the guest's uptime before and after, pings sent and lost. @param neighbour a VEE on the same network */
    Map<String, Object> move(JsonNode replica, String neighbour) {
        var vee = replica.path("vee").asText();
        var from = host(vee);
        var to = stage.seats().stream().map(Stage.Seat::name).filter(name -> !name.equals(from)).findFirst().orElseThrow();
        var before = GuestHttp.of(stage, shell, replica);
        var uptime = uptime(before);
        var result = new TreeMap<String, Object>();
        var pings = new Pings(shell, neighbour, replica.path("address").asText());
        var began = System.nanoTime();
        shell.type("vee", "migrate", vee, "--host", to, "--live", "--wait");
        result.put("seconds", Math.round((System.nanoTime() - began) / 1e8) / 10.0);
        Pause.until(vee + " runs on " + to, PATIENCE, () -> host(vee).equals(to));
        result.putAll(Map.of("from", from, "to", to, "uptimeBefore", uptime, "uptimeAfter", uptime(GuestHttp.of(stage, shell, replica))));
        result.putAll(pings.count());
        screen.tell("it had run for %s s before, and for %s s after: the same boot".formatted(result.get("uptimeBefore"), result.get("uptimeAfter")));
        screen.tell("%s of %s pings from its neighbour were lost, five a second".formatted(result.get("pingsLost"), result.get("pingsSent")));
        return result;
    }

    private String host(String vee) {
        return shell.ask("host", "show", shell.ask("vee", "show", vee).path("host").asText()).path("name").asText();
    }

    private static double uptime(GuestHttp guest) {
        return Double.parseDouble(guest.get("/uptime").strip());
    }

    /**
     * A neighbour pings the guest from before the move until after it, five times a second; it is asked to at its console. It tells of
     * each answer, so it is heard out for as long as it takes.
     */
    private static final class Pings {
        private static final Pattern SUMMARY = Pattern.compile("(\\d+) packets transmitted, (\\d+) packets received");
        private static final int COUNT = 100;
        private static final int SILENCE_S = 25;

        private final FutureTask<String> answer;

        Pings(Shell shell, String neighbour, String address) {
            answer = new FutureTask<>(() -> shell.inGuest(neighbour, "ping -c %d -i 0.2 -W 1 %s".formatted(COUNT, address), SILENCE_S));
            Thread.ofVirtual().start(answer);
        }

        /** Sent and lost. */
        Map<String, Object> count() {
            try {
                var said = answer.get(5, TimeUnit.MINUTES);
                var summary = SUMMARY.matcher(said);
                if (!summary.find()) {
                    throw new Demo.Failed("the neighbour did not tell how its pings went; it last said: " + said.strip().lines().reduce("nothing", (_, line) -> line));
                }
                int sent = Integer.parseInt(summary.group(1));
                return Map.of("pingsSent", sent, "pingsLost", sent - Integer.parseInt(summary.group(2)));
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new Demo.Failed("the neighbour's pings: " + e);
            }
        }
    }
}
