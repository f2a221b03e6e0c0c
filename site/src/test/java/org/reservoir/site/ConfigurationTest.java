package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Policy;
import org.reservoir.placement.lease.LeaseSettings;
import org.reservoir.servicemanager.AdmissionRules;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.kept.LeaseRules;

import picocli.CommandLine;

class ConfigurationTest {
    private static final Path REFERENCE = Path.of("../docs/reference/configuration.md");

    @TempDir
    private Path folder;

    @Test
    void optionsComeFromAFileAndTheCommandLineGoesBeforeIt() throws IOException {
        var file = file("name = east\nlisten = 127.0.0.1:9000\npolicy = packing\nimport-from = /srv/a:/srv/b\nspan-hosts = true\n");
        var settings = settings("--config", file.toString(), "--listen=127.0.0.1:9001");
        assertThat(settings.name()).isEqualTo("east");
        assertThat(settings.rest().port()).isEqualTo(9001);
        assertThat(settings.policy()).isEqualTo(Policy.PACKING);
        assertThat(settings.imports()).containsExactly(Path.of("/srv/a"), Path.of("/srv/b"));
        assertThat(settings.spanning()).isTrue();
    }

    @Test
    void helpListsEachOptionOnceUnderItsTopic() {
        var command = OptionsByTopic.in(new CommandLine(new Main()));
        var help = command.getUsageMessage();
        command.getCommandSpec().options().forEach(option -> assertThat(help.lines().filter(line -> line.matches("(      |  -., )" + option.longestName() + "\\b(?!-).*")))
                .as(option.longestName()).hasSize(1));
        assertThat(help.indexOf("--name=")).isPositive().isLessThan(help.indexOf("Hosts that sleep"));
        assertThat(help.substring(help.indexOf("Hosts that sleep"), help.indexOf("Admission of services"))).contains("--wake=PROGRAM", "--wake-timeout=TIME");
    }

    @Test
    void withoutAFileItIsTheUsualSite() {
        assertThat(settings().keeping()).isEqualTo(Keeping.USUAL);
        assertThat(settings().name()).isEqualTo("site");
    }

    @Test
    void aMailPasswordStandsInAFileOfItsOwn() throws IOException {
        var password = Files.createFile(folder.resolve("mail.password"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, "open sesame\n");
        var login = settings("--mail-server=smtps://mail.example.org", "--mail-user=reservoir", "--mail-password=" + password).measuring().mail().orElseThrow().login().orElseThrow();
        assertThat(login.password()).isEqualTo("open sesame");
        assertThat(login.toString()).doesNotContain("sesame");
        assertThatThrownBy(() -> settings("--mail-server=smtps://reservoir:sesame@mail.example.org")).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("BAD_ADDRESS"));
        assertThatThrownBy(() -> settings("--mail-server=smtps://mail.example.org", "--mail-user=reservoir")).isInstanceOf(Refused.class);
    }

    @Test
    void aMisspeltKeyIsRefusedBeforeAnythingIsDone() throws IOException {
        assertThat(told("--config=" + file("polcy = packing\n"))).contains("There is no option 'polcy'", "BAD_CONFIGURATION");
        assertThat(told("--config=" + folder.resolve("none"))).contains("BAD_CONFIGURATION");
        assertThat(told("--config=" + file("name = \\u12"))).contains("BAD_CONFIGURATION");
    }

    @Test
    void lostHostsAreFencedOffByTheProgramNamed() throws IOException {
        var told = folder.resolve("told");
        var program = program("echo \"$1 $2\" > " + told);
        var keeping = settings("--restart-lost-after=10m", "--fence=" + program).keeping();
        assertThat(keeping.restartLost()).contains(Duration.ofMinutes(10));
        assertThat(keeping.fence().fence("h1", "qemu+ssh://h1/system")).isTrue();
        assertThat(told).content().isEqualTo("h1 qemu+ssh://h1/system\n");
    }

    @Test
    void aFenceThatFailsOrTakesTooLongHasNotWorked() throws IOException {
        assertThat(settings("--restart-lost-after=2h", "--fence=" + program("exit 3")).keeping().fence().fence("h", "u")).isFalse();
        assertThat(settings("--restart-lost-after=2h", "--fence=" + program("exec sleep 600"), "--fence-timeout=1s").keeping().fence().fence("h", "u")).isFalse();
    }

    @Test
    void hostsAreWokenByTheProgramNamed() throws IOException {
        assertThat(settings().keeping().waking().program()).isEmpty();
        var told = folder.resolve("woken");
        var waking = settings("--wake=" + program("echo \"$1 $2\" > " + told), "--wake-timeout=90s").keeping().waking();
        assertThat(waking.patience()).isEqualTo(Duration.ofSeconds(90));
        assertThat(waking.program().orElseThrow().wake("h1", "qemu+ssh://h1/system")).isTrue();
        assertThat(told).content().isEqualTo("h1 qemu+ssh://h1/system\n");
        assertThat(settings("--wake=" + program("exit 1")).keeping().waking().program().orElseThrow().wake("h", "u")).isFalse();
        assertThatThrownBy(() -> settings("--wake=/etc/passwd")).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("BAD_WAKE"));
    }

    @Test
    void whoMustBeAdmittedIsAnOption() {
        assertThat(settings().admission()).isEqualTo(AdmissionRules.USUAL);
        assertThat(settings("--admission=all", "--least-availability=99.5", "--host-downtime=0.2").admission()).isEqualTo(new AdmissionRules(AdmissionRules.Who.ALL, 0.995, 0.002));
        assertThatThrownBy(() -> settings("--admission=all", "--least-availability=100")).isInstanceOf(Refused.class).hasMessageContaining("cannot be promised");
    }

    @Test
    void leasesReckonWithTheRatesOfTheSiteAndWaitInItsOrder() {
        assertThat(settings().leases()).isEqualTo(LeaseRules.USUAL);
        var leases = settings("--suspend-rate=200", "--resume-rate=100.5", "--transfer-rate=1000", "--shutdown-time=1m").leases().settings();
        assertThat(List.of(leases.suspendRate(), leases.resumeRate(), leases.bandwidth())).containsExactly(200.0, 100.5, 1000.0);
        assertThat(leases.shutdownTime()).isEqualTo(60);
        assertThat(settings("--suspended-leases=last").leases().settings()).isEqualTo(LeaseRules.USUAL.settings().queueing(LeaseSettings.Queueing.SUSPENDED_LAST));
        assertThatThrownBy(() -> settings("--suspended-leases=never")).hasMessageContaining("[arrival, last]");
        assertThatThrownBy(() -> settings("--suspend-rate=0")).isInstanceOf(Refused.class).hasMessageContaining("suspend-rate cannot be 0");
    }

    @Test
    void halfOfWhatFencingNeedsIsRefused() {
        for (var half : new String[] {"--restart-lost-after=5m", "--fence=/bin/true"}) {
            assertThatThrownBy(() -> settings(half)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("BAD_FENCE"));
        }
        assertThatThrownBy(() -> settings("--restart-lost-after=5m", "--fence=/etc/passwd")).isInstanceOf(Refused.class).hasMessageContaining("no program");
        assertThatThrownBy(() -> settings("--restart-lost-after=soon")).hasMessageContaining("'soon' is no time");
    }

    @Test
    void theReferenceInDocsTellsTheOptionsThatThereAre() throws IOException {
        var text = new StringBuilder("""
                # Configuration of a site server

                Options of `bin/site`. Each may also stand in a file that `--config FILE` names, as a line `option = value` without the dashes (a Java properties file in UTF-8; flags
                are `true`); the command line goes before the file, and a key that is no option is refused. The database's password, if it has one, is read from the environment
                variable `RESERVOIR_DATABASE_PASSWORD`.

                | option | what it is |
                | --- | --- |
                """);
        for (var option : new CommandLine(new Main()).getCommandSpec().options()) {
            if (ConfigurationFile.mayStandInAFile(option)) {
                text.append("| `%s` | %s |\n".formatted(option.longestName() + (option.paramLabel().isEmpty() || option.arity().max() == 0 ? "" : " " + option.paramLabel()),
                        java.util.Arrays.stream(option.description()).collect(Collectors.joining(" ")).replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))));
            }
        }
        text.append("""

                ## A host that does not come back

                ```
                restart-lost-after = 10m
                fence = /etc/reservoir/fence
                fence-timeout = 90s
                ```

                A host that does not answer is shown UNREACHABLE; its VEEs wait for it, since it may be the network alone that is gone. With these options a host that has been silent for
                ten minutes is fenced off by the program, which is called with the host's name and URI and ends with 0 only when the host certainly runs nothing: then the VEEs that
                ran there begin anew on other hosts, from their images: what they had written to their disks stays behind and is erased when the host is back. VEEs that were off or
                saved to disk wait for their host. When the program fails or takes longer than its time, nothing starts, and it is tried again at the next look at the host.

                ## Hosts that sleep

                ```
                wake = /etc/reservoir/wake
                wake-timeout = 4m
                ```

                A host without VEEs can be put to sleep, by `reservoir host sleep HOST` or by a policy (`policy set --goal power=1 --every 10m --sleep-after 15m --keep-awake 1`): an empty host
                sleeps after a quarter of an hour, and one empty host stays awake for who comes next. It is woken by `reservoir host wake HOST`, when a VEE waits that has room on no host that
                is awake, when a lease needs it, when fewer empty hosts are awake than the policy keeps, and when the policy that sent it to sleep is taken away. While it sleeps it is shown
                ASLEEP; that it does not answer then is no loss, and nothing starts elsewhere. A host that is not there by the end of `wake-timeout` is shown UNREACHABLE, with the reason.

                Only a host that can be woken is ever put to sleep. A libvirt host must say that it can sleep (`suspend_mem` under `power_management` in `virsh capabilities`), and something must
                be known that wakes it: the magic packet of Wake-on-LAN to the MAC address given with it (`host add … --option wake=52:54:00:12:34:56@10.0.0.255`, its card set to `wol g`),
                or the site's program, which is called with the host's name and URI, such as

                ```
                #!/bin/sh
                exec ipmitool -I lanplus -H "$1-bmc" -U reservoir -f /etc/reservoir/ipmi chassis power on
                ```

                ## Agents on hosts

                ```
                hear-agents = 10.0.0.1:8475
                tls-certificate = /etc/reservoir/site.pem
                tls-key = /etc/reservoir/site.key
                ```

                Hosts are measured from afar; a small process on a host (`bin/agent`) measures more, and more often. Where the site hears agents, each shows in `reservoir source list`, its probes in
                `probe list`, and those that say where they hear orders (`--listen`) take them like the site's own: `probe add … --source NAME`, `probe rate --source NAME --all --every 30s`.
                What is ordered so, and a budget, the agent keeps on its own disk (`--orders`, beside its key), so that it holds after a restart.

                ```
                (umask 077; bin/reservoir agent add host-3 > agent.key)                                    # at the site; host-3 is the ID that 'host list' shows
                bin/agent --host host-3 --site 10.0.0.1:8475 --key agent.key --listen 10.0.0.3:8476        # on the host
                ```

                Each agent has a key of its own, made by `reservoir agent add NAME` and shown once: all that passes between it and the site is sealed with it, nobody can speak for another's
                sources, and `reservoir agent remove NAME` ends its voice at once (on other servers of the site within a second). The site keeps no keys but derives them from one secret in a
                file, which its servers share. On the same port agents are heard in datagrams (`bin/agent --over udp`, the default) and over connections, which the site's certificate protects
                besides when it has one (`--over tls`, with `--trust FILE` where the host does not trust it; else `--over tcp`). Only a connection carries what is for accounting (`probe add … --accounting`) so that each measurement
                arrives once: it waits in the agent's `--spool` until it is on the site's disk. `reservoir statement metered` shows what it came to, hour by hour.

                A key tells of one host and of the VEEs that are on it just then (`agent add NAME --host HOST`, or a NAME like host-3), and of what is named besides (`--subject service-1`). Whatever
                else it brings is dropped before any rule, window or border hears of it, and counted in `agent list`: who has stolen a host's key speaks for no VEE elsewhere. Keys from before that
                was so tell of nothing until they are removed and added again; `source list` says so of their agents, and of those whose `--host` is not their key's.

                For a minute `source list` also says what of a source was lost on the way, could not be understood, or came in its name under another key. Frames that cannot be told to be anybody's,
                such as those of an agent whose key was removed, are in the site's figures (`site.monitoring.forged_frames_per_second`, see [site-probes.md](site-probes.md)), which can be alarmed on. Whose connection was
                refused, and why, is in the log with its address, in `site status` (`refused.last`), and in `agent list` when it came under an agent's number with another key.

                ## When the disk is full

                The site goes on answering and ruling: what is newest lives in memory. `reservoir site status` says what is wrong, so do the log and `/metrics` (`reservoir_disk_trouble`, `reservoir_inbox_lost_total`,
                `reservoir_history_rows_dropped_total`), and as measurements of the site they can be alarmed on: `alarm set disk --metric site.disk.free.percent --when below --threshold 5`. Agents and peers
                keep what is for accounting until it is taken; what the server's own probes tell for accounting meanwhile is counted as lost there. A database without room refuses orders with
                `DATABASE_FULL`, answers questions, and goes on by itself when there is room.

                Producers written for Lattice (UCL's framework) are heard with `hear-lattice = 127.0.0.1:6697`, on loopback alone; a service id of theirs of 128 bits stands for `service-7`
                when it is written 00000000-0000-0000-0000-000000000007.

                ## A service's measurements cross to another site

                Where a service of one site runs in part at another, what is measured of it crosses by a border, which each site opens for its half. Its home, which hears agents:

                ```
                bin/reservoir border admit shop madrid > madrid.key
                ```

                and the other site, with that key:

                ```
                bin/reservoir border open shop home --at home.example.org:8475 --key madrid.key --as service-7
                ```

                It crosses under the certificate of the home site, which the machine of the other must trust, or `--trust` vouch for; where the home has none, add `--over tcp`: then it is sealed with the key alone.
                `--as` is the service's id at its home. VEEs keep their ids, so a VEE must not have one that the home has given to another VEE, though that one has ended: what is told of such a VEE would be taken for the other's, and is refused.

                Measurements of that service's VEEs cross, and the KPIs of their guests; those of hosts and of other services never do. What is for accounting waits on disk while the link is away
                and counts once. `border close` and `border dismiss` end the halves, `border list` shows what crossed, what was refused, and why a border is not connected.

                ## Several servers share what they measure

                ```
                nats = tls://nats.example.org:4222
                nats-user = reservoir
                nats-password = /etc/reservoir/nats.password
                nats-key = /etc/reservoir/nats.key
                ```

                Each server of a site measures the hosts it is connected to, and hears those agents and guests that speak to it. Where there are several, they tell each other over NATS, so that
                the rules and alarms of each see all; what a server measures itself it does not take from others. Measurements are sealed with the key, which is required off loopback, so NATS
                itself sees subjects (`mon.m.SERVICE.TYPE.NAME`) and lengths. While NATS is away each server knows what it hears itself, and rules that need more see a gap, not a calm.
                """);
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(REFERENCE, text);
        }
        assertThat(REFERENCE).as("write it anew with -Dgolden=write").content().isEqualTo(text.toString());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("site.conf"), text);
    }

    private Path program(String script) throws IOException {
        var program = Files.writeString(folder.resolve("fence"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private static Settings settings(String... arguments) {
        var main = new Main();
        var command = new CommandLine(main);
        ConfigurationFile.named(arguments).ifPresent(file -> command.setDefaultValueProvider(ConfigurationFile.of(file, command.getCommandSpec())));
        command.parseArgs(arguments);
        return main.settings();
    }

    private static String told(String... arguments) {
        var told = new StringWriter();
        assertThat(Main.run(new CommandLine(new Main()).setErr(new PrintWriter(told)), arguments)).isEqualTo(1);
        return told.toString();
    }
}
