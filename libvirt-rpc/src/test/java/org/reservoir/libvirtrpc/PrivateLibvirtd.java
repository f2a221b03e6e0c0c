package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A libvirtd of a test's own: sees empty {@code /etc/libvirt}, {@code /var/lib/libvirt} and {@code /run/libvirt} (a mount namespace), so that
 * it and the machine's libvirtd do not meet. Listens on a unix socket, on TCP and, where certificates are given, on TLS, all on this machine
 * only. Needs root and libvirt.
 */
public final class PrivateLibvirtd implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);

    private final Path folder;
    private final int tcpPort;
    private final int tlsPort;
    private final Optional<Path> pki;
    private Process process;

    private PrivateLibvirtd(Path folder, int tcpPort, int tlsPort, Optional<Path> pki) {
        this.folder = folder;
        this.tcpPort = tcpPort;
        this.tlsPort = tlsPort;
        this.pki = pki;
    }

    public static PrivateLibvirtd start() {
        return start(Optional.empty());
    }

    /** @param pki a folder with {@code cacert.pem}, {@code servercert.pem}, {@code serverkey.pem} */
    static PrivateLibvirtd start(Optional<Path> pki) {
        try {
            var libvirtd = new PrivateLibvirtd(Files.createTempDirectory("libvirtd"), freePort(), freePort(), pki);
            Files.writeString(libvirtd.folder.resolve("libvirtd.conf"), libvirtd.configuration());
            libvirtd.launch();
            return libvirtd;
        } catch (IOException broken) {
            throw new IllegalStateException("cannot lay out a libvirtd", broken);
        }
    }

    private String configuration() {
        return """
                unix_sock_dir = "%1$s"
                auth_unix_rw = "none"
                listen_addr = "127.0.0.1"
                listen_tcp = 1
                auth_tcp = "none"
                tcp_port = "%2$d"
                listen_tls = %3$d
                tls_port = "%4$d"
                log_outputs = "3:stderr"
                """.formatted(folder, tcpPort, pki.isPresent() ? 1 : 0, tlsPort) + pki.map(there -> """
                ca_file = "%1$s/cacert.pem"
                cert_file = "%1$s/servercert.pem"
                key_file = "%1$s/serverkey.pem"
                """.formatted(there)).orElse("");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Starts it, or starts it again after {@link #kill}. */
    public void launch() {
        var script = """
                set -e
                for each in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /run/libvirt; do mkdir -p $each; mount -t tmpfs tmpfs $each; done
                rm -f '%1$s'/*.pid
                exec libvirtd --listen --config '%1$s/libvirtd.conf' --pid-file '%1$s/libvirtd.pid'
                """.formatted(folder);
        try {
            process = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c", script)
                    .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        } catch (IOException missing) {
            throw new IllegalStateException("unshare does not start", missing);
        }
        awaitAnswer();
    }

    private void awaitAnswer() {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            try (var _ = LibvirtConnection.open(tcp("test", "/default"))) {
                return;
            } catch (LibvirtFailure notYet) {
                pause();
            }
        }
        var log = log();
        close();
        throw new IllegalStateException("libvirtd does not start: " + log);
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException none) {
            return none.toString();
        }
    }

    public String tcp(String driver, String path) {
        return "%s+tcp://127.0.0.1:%d%s".formatted(driver, tcpPort, path);
    }

    public String unix(String driver, String path) {
        return "%s+unix://%s?socket=%s/libvirt-sock".formatted(driver, path, folder);
    }

    String tls(String host, Path clientPki) {
        return "test+tls://%s:%d/default?pkipath=%s".formatted(host, tlsPort, clientPki);
    }

    /** A folder of its own, gone when it is closed. */
    public Path folder() {
        return folder;
    }

    /** Its connections stay open and nothing answers. */
    public void hang() {
        signal("STOP");
    }

    public void goOn() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            if (new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor() != 0) {
                throw new IllegalStateException("libvirtd has ended: " + log());
            }
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("libvirtd does not end");
            }
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    /** As after a boot: nothing of the test driver is left. */
    public void restart() {
        kill();
        launch();
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(folder)) {
            List<Path> all = files.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
            for (var file : all) {
                Files.delete(file);
            }
        } catch (IOException broken) {
            throw new IllegalStateException("cannot remove " + folder, broken);
        }
    }
}
