package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The system's ssh client, with a program on the host that speaks to libvirtd's socket there: {@code virt-ssh-helper}, which comes with
 * libvirt, else {@code nc} or {@code socat}. Never asks anybody for a password.
 */
final class SshTransport implements Transport {
    private static final int LONGEST_COMPLAINT = 2000;
    /** What ssh says of every host whose key it does not verify. */
    private static final String NO_COMPLAINT = "Warning: Permanently added";

    private final Process process;
    private final StringBuffer complaint = new StringBuffer();
    private final Thread listener;

    private SshTransport(Process process) {
        this.process = process;
        this.listener = threads().name("libvirt-ssh").start(this::listen);
    }

    static Transport open(Address address, ConnectOptions options) throws IOException {
        return new SshTransport(new ProcessBuilder(command(address, options)).start());
    }

    static List<String> command(Address address, ConnectOptions options) {
        var command = new ArrayList<>(address.option("command").map(List::of).orElse(options.ssh()));
        command.addAll(List.of("-T", "-e", "none", "-o", "BatchMode=yes", "-o", "ConnectTimeout=" + Math.max(1, options.connectWithin().toSeconds())));
        if (!address.verifies()) {
            // nor is the key remembered, or one that nobody has verified would count as known from then on
            command.addAll(List.of("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"));
        }
        address.option("keyfile").ifPresent(file -> command.addAll(List.of("-i", file)));
        if (address.uri().getPort() > 0) {
            command.addAll(List.of("-p", String.valueOf(address.uri().getPort())));
        }
        var user = address.uri().getUserInfo();
        command.addAll(List.of("--", user == null ? address.host() : user + "@" + address.host(), "sh -c " + quoted(there(address))));
        return List.copyOf(command);
    }

    /** What runs on the host. */
    private static String there(Address address) {
        var socket = quoted(address.sockets().getFirst());
        var relay = ("if command -v nc >/dev/null 2>&1; then exec nc -U %1$s; elif command -v socat >/dev/null 2>&1; then exec socat - UNIX-CONNECT:%1$s; fi; "
                + "echo there is neither virt-ssh-helper nor nc nor socat on the host >&2; exit 127").formatted(socket);
        return address.option("socket").isPresent() ? relay
                : "if command -v virt-ssh-helper >/dev/null 2>&1; then exec virt-ssh-helper %s; fi; %s".formatted(quoted(address.local()), relay);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private void listen() {
        try (var err = process.errorReader(StandardCharsets.UTF_8)) {
            for (var line = err.readLine(); line != null; line = err.readLine()) {
                if (!line.startsWith(NO_COMPLAINT) && complaint.length() + line.length() < LONGEST_COMPLAINT) {
                    complaint.append(complaint.isEmpty() ? "" : "; ").append(line.strip());
                }
            }
        } catch (IOException _) {
            // the process is gone
        }
    }

    @Override
    public InputStream in() {
        return process.getInputStream();
    }

    @Override
    public OutputStream out() {
        return process.getOutputStream();
    }

    /** Pipes hold the thread that waits on them. */
    @Override
    public Thread.Builder threads() {
        return Thread.ofPlatform().daemon();
    }

    /** What ssh said before it ended, which comes on another pipe than the end itself. */
    @Override
    public String complaint() {
        try {
            process.waitFor(2, TimeUnit.SECONDS);
            listener.join(500);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return complaint.toString();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
