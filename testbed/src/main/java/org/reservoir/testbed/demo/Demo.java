package org.reservoir.testbed.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.reservoir.testbed.GuestImage;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the demo. Whatever way it ends, nothing is left of it, unless it was asked to keep its site. */
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"From nothing to a service in real virtual machines: measured, scaled out and in by its own rule, and billed.",
                "Runs examples/two-tier.ovf on this machine's libvirt, with the commands that a person would type."},
        footer = {"", "Exit codes: 0 all went well, 1 something failed (and was told), 130 interrupted.", "", "Examples:", "  bin/demo",
                "  bin/demo --hosts 2     on two libvirt hosts in namespaces, with a live migration between them", "  bin/demo --keep        and leave a site to play with",
                "  bin/demo --end         end a site that was kept, and all that it made"})
public final class Demo implements Callable<Integer> {
    @Option(names = "--hosts", paramLabel = "N", defaultValue = "1", description = {"1 (the default): this machine's libvirt, qemu:///system.",
            "2 to 8: libvirt hosts made of namespaces, without shared storage."})
    private int hosts;
    @Option(names = "--keep", description = "Leave the site, the service and its machines running, and say how to play with them.")
    private boolean keep;
    @Option(names = "--end", description = "Only end what an earlier demo kept or left behind.")
    private boolean end;
    @Option(names = "--json", description = "Progress goes to the standard error; the standard output is one JSON object.")
    private boolean json;
    @Option(names = "--data", paramLabel = "DIR", defaultValue = "/var/lib/reservoir/demo", description = "Folder of the demo's site (${DEFAULT-VALUE}).")
    private Path data;
    @Option(names = "--site-program", hidden = true, paramLabel = "FILE", description = "Starts a site server; bin/site when not given.")
    private Optional<Path> program = Optional.empty();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Demo()).setExecutionExceptionHandler(Demo::told).execute(arguments));
    }

    private static int told(Exception failure, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (failure instanceof Failed) {
            command.getErr().println("demo: " + failure.getMessage());
            return 1;
        }
        throw failure;
    }

    @Override
    public Integer call() {
        if (hosts < 1 || hosts > 8) {
            throw new CommandLine.ParameterException(new CommandLine(this), "--hosts takes 1 to 8.");
        }
        var screen = new Screen(json ? System.err : System.out);
        var folder = data.toAbsolutePath().normalize();
        var left = Leftovers.of(folder, program.orElseGet(SiteServer::program));
        var found = left.any();
        left.end(screen);
        if (end) {
            screen.say(found ? "Ended." : "There is nothing of a demo in " + folder + ".");
            return 0;
        }
        var stage = new Stage(folder, program.orElseGet(SiteServer::program), hosts, GuestImage.build(), screen);
        try (var safety = new Safety(stage)) {
            var result = new Walk(stage, screen).take();
            if (keep) {
                stage.keep();
            } else {
                screen.stage("The end", stage::clear);
            }
            safety.over();
            if (json) {
                System.out.println(result.json(screen.seconds()));
            } else {
                screen.say(result.line(screen.total()));
            }
            return 0;
        }
    }

    /** What the demo cannot go on after; its message is for the person who started it. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    /** Clears the stage when the demo is interrupted or fails half way. */
    private static final class Safety implements AutoCloseable {
        private final Stage stage;
        private final Thread hook;
        private volatile boolean over;

        Safety(Stage stage) {
            this.stage = stage;
            this.hook = new Thread(() -> {
                if (!over) {
                    stage.interrupted();
                }
            }, "demo-interrupted");
            Runtime.getRuntime().addShutdownHook(hook);
        }

        void over() {
            over = true;
        }

        @Override
        public void close() {
            if (stage.ending() && !over) {
                Pause.of(Duration.ofDays(1)); // the process ends as soon as the hook has cleared the stage
            }
            if (!over) {
                over = true;
                stage.clear();
            }
        }
    }
}
