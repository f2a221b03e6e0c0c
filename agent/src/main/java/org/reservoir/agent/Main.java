package org.reservoir.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.wire.LinkWords;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an agent until it is told to stop. */
@Command(name = "agent", mixinStandardHelpOptions = true, sortOptions = false, description = "Measures this host and sends to a Reservoir site.",
        footer = {"", "The key is made by an administrator of the site, for this agent alone, and lies in a file that none but its owner may read:", "  (umask 077; reservoir agent add NAME > KEY)"})
public final class Main implements Callable<Integer> {
    @Option(names = "--host", required = true, paramLabel = "HOST", description = "What the site calls this host, such as host-3.")
    private String host;
    @Mixin
    private Way.Options site;
    @Option(names = "--key", required = true, paramLabel = "FILE", description = "The agent's own key, as the site showed it when the agent was added.")
    private Path key;
    @Option(names = "--listen", paramLabel = "ADDRESS:PORT", description = "Where the site's orders are heard (UDP, sealed); nowhere unless given.")
    private Optional<String> listen = Optional.empty();
    @Option(names = "--probes", paramLabel = "FILE", description = "More probes, one a line: NAME KIND PERIOD [PARAMETER=VALUE ...].")
    private Optional<Path> probes = Optional.empty();
    @Option(names = "--scripts", paramLabel = "DIR", defaultValue = "/etc/reservoir/scripts", description = "Folder of the programs that may be run as probes (${DEFAULT-VALUE}).")
    private Path scripts;
    @Option(names = "--orders", paramLabel = "FILE", description = "File in which the site's orders and budget are kept, so that they hold after a restart (the --key file's name and .orders).")
    private Optional<Path> orders = Optional.empty();
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
        System.out.printf("The agent of %s sends to %s. Whether the site takes what it tells, and else why not, is shown by: reservoir agent list%n", host, site);
        System.out.flush();
        stop.await();
        return 0;
    }

    Agent.Settings settings() {
        return new Agent.Settings(HostId.parse(host), name.orElse("agent-" + host), site.way(), LinkWords.voiceKey(key), listen.map(LinkWords::address), scripts,
                orders.orElseGet(() -> key.resolveSibling(key.getFileName() + ".orders")));
    }
}
