package org.reservoir.site;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.interfaces.vhi.HostDriver;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Policy;
import org.reservoir.placement.search.Solvers;
import org.reservoir.veeh.libvirt.LibvirtHosts;
import org.reservoir.veeh.simulated.SimulatedHosts;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a site server until it is told to stop. */
@Command(name = "site", mixinStandardHelpOptions = true, sortOptions = false, abbreviateSynopsis = true, description = {"Runs a Reservoir site server. All options have defaults; they may also stand in the file of --config.", ""}, subcommands = {RestoreSite.class, Readmit.class, WarmUp.class},
        footer = {"", "Next steps, in another terminal:", "  bin/reservoir login http://127.0.0.1:8470 < DIR/admin.token",
                "  bin/reservoir host add local qemu:///system", "  bin/reservoir image create ..., service submit ...   (see --help of each)"})
public final class Main implements Callable<Integer> {
    @Mixin(name = "The site and its database")
    private Where where;
    @Option(names = "--name", paramLabel = "NAME", defaultValue = "site", description = "Name of the site, in its guests' names on hosts (${DEFAULT-VALUE}).")
    private String name;
    @Option(names = "--server", paramLabel = "NAME", defaultValue = "server-1", description = "Name of this server among those of the site (${DEFAULT-VALUE}).")
    private String server;
    @Option(names = "--listen", paramLabel = "ADDRESS:PORT", defaultValue = "127.0.0.1:8470", description = "Where to listen (${DEFAULT-VALUE}).")
    private String listen;
    @Option(names = "--tls-certificate", paramLabel = "FILE", description = "PEM certificate chain, for TLS.")
    private Optional<Path> certificate;
    @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM private key, for TLS.")
    private Optional<Path> key;
    @Option(names = "--plain-http", description = "Allow plain HTTP beyond loopback: behind a proxy that ends TLS.")
    private boolean plain;
    @Option(names = "--import-from", paramLabel = "DIR", split = ":", description = "Folder from which images may be imported; may be repeated, or several with : between (DIR/import of the site's folder).")
    private List<Path> imports = List.of();
    @Option(names = "--policy", paramLabel = "POLICY", defaultValue = "striping", description = "First placement: packing, striping, load-aware or fixed (${DEFAULT-VALUE}).")
    private String policy;
    @Option(names = "--solver", paramLabel = "SOLVER", defaultValue = Solvers.LNS, description = {"Of reviews of the placement: greedy, lns, cp-sat, cbc, scip or portfolio (${DEFAULT-VALUE}).",
            "Where OR-Tools is not there for the machine, or the site too large for it, lns answers and the review says why."})
    private String solver;

    @Option(names = "--span-hosts", description = {"Networks made for services span hosts (VXLAN). Each host then needs a shell for it:",
            "host add … --option shell=local or shell=ssh:root@HOST, and --option vtep=ADDRESS."})
    private boolean spanning;
    @Option(names = "--plugins", paramLabel = "DIR", description = "Folder of signed jars that join the running site (DIR/plugins of the site's folder).")
    private Optional<Path> plugins = Optional.empty();
    @Option(names = "--plugin-signers", paramLabel = "FILE", description = "SHA-256 fingerprints of the certificates whose jars are taken, one a line (DIR/plugin-signers); none when there is no such file.")
    private Optional<Path> signers = Optional.empty();
    @Mixin(name = "Agents on hosts")
    private AgentLink.Options agents;
    @Mixin(name = "Lattice")
    private LatticeOption lattice;
    @Mixin(name = "Several servers")
    private NatsShare.Options nats;
    @Mixin(name = "Hosts that do not come back")
    private LostForGood lost;
    @Mixin(name = "Hosts that sleep")
    private Sleepers sleepers;
    @Mixin(name = "Admission of services")
    private AdmissionOptions admission;
    @Mixin(name = "Leases")
    private LeaseOptions leases;
    @Mixin(name = "Measurements to others")
    private Receivers receivers;
    @Mixin(name = "History of measurements")
    private HistoryOptions history;
    @Mixin(name = "Mail of alarms")
    private MailOptions mail;

    public static void main(String[] arguments) {
        System.exit(run(OptionsByTopic.in(new CommandLine(new Main())), arguments));
    }

    /** What a site started with these arguments would be. */
    static Settings settings(String... arguments) {
        var main = new Main();
        OptionsByTopic.in(new CommandLine(main)).parseArgs(arguments);
        return main.settings();
    }

    static int run(CommandLine command, String... arguments) {
        try {
            ConfigurationFile.named(arguments).ifPresent(file -> command.setDefaultValueProvider(ConfigurationFile.of(file, command.getCommandSpec())));
        } catch (Refused refused) {
            return told(refused, command);
        }
        return command.setExecutionExceptionHandler((failure, at, _) -> {
            if (failure instanceof Refused refused) {
                return told(refused, at);
            }
            throw failure;
        }).execute(arguments);
    }

    private static int told(Refused refused, CommandLine command) {
        command.getErr().printf("%s%n%s%n(%s)%n", refused.getMessage(), refused.advice(), refused.code());
        return 1;
    }

    @Override
    public Integer call() throws InterruptedException {
        var settings = settings();
        var opening = new CountDownLatch(1);
        var stop = new CountDownLatch(1);
        var opened = new AtomicReference<Site>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(opening, opened, stop), "ending"));
        Site site;
        try {
            site = open(settings);
            opened.set(site);
        } finally {
            opening.countDown();
        }
        System.out.printf("Reservoir site '%s' listens on %s%n", settings.name(), site.uri());
        System.out.println(Readmit.whereTheTokenIs(settings.data()));
        System.out.flush();
        stop.await();
        return 0;
    }

    static Site open(Settings settings) {
        return Site.open(settings, List.<HostDriver>of(new SimulatedHosts(settings.data().resolve("simulated")), new LibvirtHosts(settings.name())), InstantSource.system());
    }

    /** Half a start would leave its database running: a site that is ended while it starts ends when it has started, or failed to. */
    private static void end(CountDownLatch opening, AtomicReference<Site> opened, CountDownLatch stop) {
        try {
            opening.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Optional.ofNullable(opened.get()).ifPresent(Site::close);
        stop.countDown();
    }

    Settings settings() {
        return new Settings(name, where.data(), where.database(), rest(), imports.isEmpty() ? List.of(where.data().resolve("import")) : imports, policy(), spanning,
                Name.of("server", server), lost.keeping().waking(sleepers.waking()), leases.rules(), plugins(), admission.rules(), solver,
                new Settings.Measuring(history.choice(where.data(), server), receivers.targets(name), mail.server(), agents.ends(where.data(), rest().tls()), lattice.at(), nats.settings()));
    }

    private Settings.PluginFolder plugins() {
        var usual = Settings.PluginFolder.in(where.data());
        return new Settings.PluginFolder(plugins.orElse(usual.jars()), signers.orElse(usual.signers()));
    }

    private RestOptions rest() {
        int colon = listen.lastIndexOf(':');
        if (colon < 1 || !listen.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw Refused.invalid("BAD_ADDRESS", "'%s' is no address to listen on.".formatted(listen), "Write it like 127.0.0.1:8470.");
        }
        var options = RestOptions.on(listen.substring(0, colon), Integer.parseInt(listen.substring(colon + 1))).plainBeyondLoopback(plain);
        return certificate.map(chain -> options.secured(new RestOptions.Tls(chain, key, ""))).orElse(options);
    }

    private Policy policy() {
        return switch (policy) {
            case "packing" -> Policy.PACKING;
            case "striping" -> Policy.STRIPING;
            case "load-aware" -> Policy.LOAD_AWARE;
            case "fixed" -> Policy.FIXED;
            default -> throw Refused.invalid("BAD_POLICY", "'%s' is no placement policy.".formatted(policy), "Choose packing, striping, load-aware or fixed.");
        };
    }
}
