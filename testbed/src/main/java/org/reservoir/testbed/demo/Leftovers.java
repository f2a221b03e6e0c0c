package org.reservoir.testbed.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;

import org.reservoir.testbed.LibvirtHosts;

/**
 * What of a demo is there, as noted in its folder: its own at the end, or that of an earlier one that was kept or killed.
 *
 * @param program starts a site server that is not running, to empty its hosts
 * @param site the site server, running or not
 * @param run  the hosts in namespaces, when there are any
 */
record Leftovers(Path data, Path program, Optional<SiteServer> site, Optional<String> run) {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    static Leftovers of(Path data, Path program) {
        var file = file(data);
        if (!Files.exists(file)) {
            return new Leftovers(data, program, Optional.empty(), Optional.empty());
        }
        var noted = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            noted.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var site = Optional.ofNullable(noted.getProperty("pid")).map(pid -> new SiteServer(Long.parseLong(pid), noted.getProperty("url"), data));
        return new Leftovers(data, program, site, Optional.ofNullable(noted.getProperty("hosts")));
    }

    private static Path file(Path data) {
        return data.resolve("demo.properties");
    }

    void write() {
        var noted = new Properties();
        site.ifPresent(it -> {
            noted.setProperty("pid", Long.toString(it.pid()));
            noted.setProperty("url", it.url());
        });
        run.ifPresent(it -> noted.setProperty("hosts", it));
        try {
            Files.createDirectories(data);
            try (var out = Files.newBufferedWriter(file(data))) {
                noted.store(out, "What bin/demo has made; bin/demo --end takes it away.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean any() {
        return Files.exists(data);
    }

    /** Ends the service, its machines and the site server, and removes their files. Each part is tried whatever became of the one before. */
    void end(Screen screen) {
        if (!any()) {
            return;
        }
        if (run.isPresent()) {
            site.ifPresent(SiteServer::stop);
            LibvirtHosts.down(run.get()); // with all that ran on them
        } else if (!Files.exists(data.resolve("admin.token"))) {
            site.ifPresent(SiteServer::stop); // it was about to start
        } else if (site.isPresent()) {
            var server = site.filter(SiteServer::lives).orElseGet(() -> SiteServer.launch(program, data, data, false)).awaitListening();
            try {
                empty(server.shell(screen), screen);
            } finally {
                server.stop();
            }
        }
        remove(data);
    }

    private static void empty(Shell shell, Screen screen) {
        try {
            shell.ask("service", "list").forEach(service -> shell.attempt("service", "undeploy", service.path("id").asText(), "--wait", "--timeout", "60s"));
            shell.ask("vee", "list").forEach(vee -> shell.attempt("vee", "terminate", vee.path("id").asText(), "--hard"));
            Pause.until("the machines end", PATIENCE, () -> shell.ask("vee", "list").isEmpty());
            shell.ask("network", "list").forEach(network -> shell.attempt("network", "delete", network.path("id").asText()));
            shell.ask("image", "list").forEach(image -> shell.attempt("image", "delete", image.path("id").asText()));
            shell.ask("host", "list").forEach(host -> shell.attempt("host", "remove", host.path("id").asText()));
        } catch (Demo.Failed trouble) {
            screen.tell("not everything could be ended: " + trouble.getMessage());
        }
    }

    private static void remove(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be removed".formatted(folder), e);
        }
    }
}
