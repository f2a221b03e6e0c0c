package org.reservoir.testbed.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.testbed.Checkout;

/** The stages of the demo, in order; each one a few commands and what they lead to. */
final class Walk {
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration SCALE = Duration.ofMinutes(3);
    /** More than two web replicas can carry at a quota of 50 each. */
    private static final int HIGH = 140;
    /** So dear that the bill of a few minutes can be seen: a cent a second for a CPU. */
    private static final String PRICES = """
            {"currency": "EUR", "granularity": "PT1S", "prices": {"RUNNING": {"CPU": 36.00, "MEMORY": 3.60, "DISK": 0.36}}}
            """;

    private final Stage stage;
    private final Screen screen;
    private Shell shell;
    private final Set<String> vees = new HashSet<>();
    /** What was last told of each replica. */
    private final Map<String, String> told = new TreeMap<>();
    private int replicasMost;

    Walk(Stage stage, Screen screen) {
        this.stage = stage;
        this.screen = screen;
    }

    Result take() {
        screen.stage("A site", this::site);
        screen.stage("A host", this::host);
        screen.stage("An image", this::image);
        screen.stage("A service", this::service);
        screen.stage("What is measured", this::measured);
        screen.stage("Load goes up", this::up);
        var migration = stage.seats().size() > 1 ? migration() : Map.<String, Object>of();
        screen.stage("Load goes down", this::down);
        screen.stage("The bill", this::bill);
        var statement = shell.ask("statement", "show", "shop");
        return new Result(vees.size(), replicasMost, statement.path("total").asText(), statement.path("currency").asText(), migration);
    }

    private void site() {
        stage.makeHosts();
        screen.command("bin/site");
        var server = stage.startSite();
        screen.tell("listens on " + server.url());
        shell = server.shell(screen);
    }

    private void host() {
        for (var seat : stage.seats()) {
            shell.type(seat.words().toArray(String[]::new));
        }
    }

    private void image() {
        shell.type("image", "create", "reservoir-guest", "--source", stage.guest().disk().toString(), "--wait");
        shell.type("pricebook", "add", "--file", file("prices.json", PRICES).toString());
    }

    private Path file(String name, String content) {
        try {
            var file = Files.createTempDirectory("demo").resolve(name);
            Files.writeString(file, content);
            file.getParent().toFile().deleteOnExit(); // deleted in the reverse order
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void service() {
        shell.type("service", "submit", "shop", Checkout.directory().resolve("examples/two-tier.ovf").toString());
        follow("the service is up", BOOT, service -> service.path("state").asText().equals("RUNNING") && ready(service) == 2);
        shell.type("vee", "list");
    }

    private void measured() {
        Pause.until("the web tier is measured", BOOT, () -> !shell.ask("measurement", "list", "--subject", web(), "--metric", "load").isEmpty());
        shell.type("measurement", "list", "--subject", web());
    }

    private void up() {
        shell.type("rule", "list", "shop");
        load(HIGH);
        follow("the web tier has three replicas", SCALE, service -> tier(service, "web").path("ready").asInt() == 3);
    }

    private void down() {
        load(0);
        follow("the web tier is back at one replica", SCALE, service -> tier(service, "web").path("replicas").size() == 1 && ready(service) == 2);
        shell.type("rule", "decisions", "shop");
    }

    private void bill() {
        shell.type("statement", "show", "shop");
    }

    private Map<String, Object> migration() {
        var result = new TreeMap<String, Object>();
        screen.stage("A live migration", () -> result.putAll(new LiveMove(stage, shell, screen).move(tier(shop(), "web").path("replicas").path(0),
                tier(shop(), "db").path("replicas").path(0).path("vee").asText())));
        return result;
    }

    /** Turns the load of the first web replica; what it reports is what the rule looks at. */
    private void load(int level) {
        var replica = tier(shop(), "web").path("replicas").path(0);
        var guest = GuestHttp.of(stage, shell, replica);
        screen.command("curl '%s'".formatted(guest.url("/load?level=" + level)));
        screen.tell(guest.get("/load?level=" + level).strip());
    }

    private String web() {
        return tier(shop(), "web").path("replicas").path(0).path("vee").asText();
    }

    private JsonNode shop() {
        return shell.ask("service", "show", "shop");
    }

    private static JsonNode tier(JsonNode service, String name) {
        for (var component : service.path("components")) {
            if (component.path("name").asText().equals(name)) {
                return component;
            }
        }
        throw new Demo.Failed("the service has no component " + name);
    }

    private static int ready(JsonNode service) {
        int ready = 0;
        for (var component : service.path("components")) {
            ready += component.path("ready").asInt();
        }
        return ready;
    }

    /** Tells each change of the service's replicas until it is as wished. */
    private void follow(String what, Duration patience, java.util.function.Predicate<JsonNode> wished) {
        Pause.until(what, patience, () -> {
            var service = shop();
            if (service.path("state").asText().equals("FAILED")) {
                throw new Demo.Failed("the service failed: " + service.path("problem").asText());
            }
            service.path("components").forEach(this::tell);
            replicasMost = Math.max(replicasMost, tier(service, "web").path("ready").asInt());
            return wished.test(service);
        });
    }

    /** Why a machine waits, or failed; that it has just been made is no reason to tell. */
    private String waiting(String state, String vee) {
        return state.equals("PENDING") || state.equals("FAILED") ? shell.ask("vee", "show", vee).path("problem").asText("").transform(why -> why.isEmpty() ? "" : ": " + why) : "";
    }

    private void tell(JsonNode component) {
        for (var replica : component.path("replicas")) {
            vees.add(replica.path("vee").asText());
            var name = component.path("name").asText() + "-" + replica.path("number").asText();
            var state = replica.path("state").asText() + (replica.path("ready").asBoolean() ? ", ready at " + replica.path("address").asText() : "");
            if (!state.equals(told.put(name, state))) {
                screen.now("%-6s %s%s".formatted(name, state, waiting(state, replica.path("vee").asText())));
            }
        }
    }
}
