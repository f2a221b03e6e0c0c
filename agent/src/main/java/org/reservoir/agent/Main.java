package org.reservoir.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs an agent until it is told to stop. */
@Command(name = "agent", mixinStandardHelpOptions = true, sortOptions = false, description = "Measures this host and sends to a Reservoir site.",
        footer = {"", "The key is 64 hexadecimal digits in a file that none but its owner may read, the same at the site:", "  head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \\n' > KEY; chmod 600 KEY"})
public final class Main implements Callable<Integer> {
    private static final Set<PosixFilePermission> OWNERS = Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    @Option(names = "--host", required = true, paramLabel = "HOST", description = "What the site calls this host, such as host-3.")
    private String host;
    @Option(names = "--site", required = true, paramLabel = "ADDRESS:PORT", description = "Where measurements go (UDP, sealed).")
    private String site;
    @Option(names = "--key", required = true, paramLabel = "FILE", description = "The key that is shared with the site.")
    private Path key;
    @Option(names = "--listen", paramLabel = "ADDRESS:PORT", description = "Where the site's orders are heard (UDP, sealed); nowhere unless given.")
    private Optional<String> listen = Optional.empty();
    @Option(names = "--probes", paramLabel = "FILE", description = "More probes, one a line: NAME KIND PERIOD [PARAMETER=VALUE ...].")
    private Optional<Path> probes = Optional.empty();
    @Option(names = "--scripts", paramLabel = "DIR", defaultValue = "/etc/reservoir/scripts", description = "Folder of the programs that may be run as probes (${DEFAULT-VALUE}).")
    private Path scripts;
    @Option(names = "--name", paramLabel = "NAME", description = "Name of the agent, for people (agent-HOST).")
    private Optional<String> name = Optional.empty();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).setExecutionExceptionHandler((failure, at, _) -> {
            if (failure instanceof Refused refused) {
                at.getErr().printf("%s%n%s%n(%s)%n", refused.getMessage(), refused.advice(), refused.code());
                return 1;
            }
            throw failure;
        }).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        var agent = new Agent(settings());
        probes.ifPresent(file -> ProbesFile.read(file, HostId.parse(host)).forEach(agent::add));
        agent.start();
        var stop = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                agent.close();
            } catch (IOException broken) {
                System.err.println("did not end well: " + broken);
            }
            stop.countDown();
        }, "ending"));
        System.out.printf("The agent of %s sends to %s%n", host, site);
        System.out.flush();
        stop.await();
        return 0;
    }

    Agent.Settings settings() {
        return new Agent.Settings(HostId.parse(host), name.orElse("agent-" + host), address(site), secret(key), listen.map(Main::address), scripts);
    }

    static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}") || Integer.parseInt(text.substring(colon + 1)) > 65535) {
            throw Refused.invalid("BAD_ADDRESS", "'%s' is no address.".formatted(text), "Write it like 10.0.0.1:8475.");
        }
        var address = new InetSocketAddress(text.substring(0, colon).replaceAll("^\\[|]$", ""), Integer.parseInt(text.substring(colon + 1)));
        if (address.isUnresolved()) {
            throw Refused.invalid("BAD_ADDRESS", "Nobody knows the address of '%s'.".formatted(text), "");
        }
        return address;
    }

    /** By file, for what stands in a command line is seen by all. */
    static byte[] secret(Path file) {
        try {
            if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
                throw Refused.forbidden("KEY_OPEN", "Others than its owner may read the key %s.".formatted(file), "chmod 600 it, and make a new key if others were on this machine.");
            }
            var digits = Files.readString(file).strip();
            if (!digits.matches("[0-9a-fA-F]{64}")) {
                throw Refused.invalid("BAD_KEY", "%s holds no key.".formatted(file), "Write 64 hexadecimal digits into it.");
            }
            return HexFormat.of().parseHex(digits);
        } catch (IOException e) {
            throw Refused.invalid("BAD_KEY", "The key cannot be read: %s".formatted(e.getMessage()), "");
        }
    }
}
