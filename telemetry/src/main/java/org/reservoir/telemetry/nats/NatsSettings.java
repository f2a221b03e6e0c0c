package org.reservoir.telemetry.nats;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLContext;

import org.reservoir.kernel.Refused;

/**
 * How NATS is reached.
 *
 * @param servers one or several of a cluster, such as {@code nats://127.0.0.1:4222} or {@code tls://nats.example.org:4222}
 * @param root    first word of all subjects
 * @param login   user and password; the account behind them decides what is seen
 * @param tls     for servers that want certificates
 * @param key     shared by all who send and hear: frames are sealed with it, so that NATS itself reads nothing; required off loopback
 */
public record NatsSettings(List<URI> servers, String root, Optional<Login> login, Optional<SSLContext> tls, Optional<byte[]> key) {
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return user;
        }
    }

    public NatsSettings {
        servers = List.copyOf(servers);
        if (servers.isEmpty() || !root.matches("[A-Za-z0-9_-]+")) {
            throw Refused.invalid("BAD_NATS", "NATS needs a server and a first word of subjects.", "Such as nats://127.0.0.1:4222 and mon.");
        }
        if (key.isEmpty() && !servers.stream().allMatch(NatsSettings::isLoopback)) {
            throw Refused.invalid("KEY_REQUIRED", "Measurements do not leave this machine unsealed (to %s).".formatted(servers), "Give both ends the same key.");
        }
        if (login.isPresent() && !servers.stream().allMatch(server -> "tls".equals(server.getScheme()) || isLoopback(server))) {
            throw Refused.invalid("TLS_REQUIRED", "A password does not leave this machine in the clear (to %s).".formatted(servers), "Write the servers as tls://…");
        }
    }

    public static NatsSettings at(URI server) {
        return new NatsSettings(List.of(server), "mon", Optional.empty(), Optional.empty(), Optional.empty());
    }

    public NatsSettings as(String user, String password) {
        return new NatsSettings(servers, root, Optional.of(new Login(user, password)), tls, key);
    }

    public NatsSettings sealed(byte[] shared) {
        return new NatsSettings(servers, root, login, tls, Optional.of(shared));
    }

    private static boolean isLoopback(URI server) {
        try {
            return server.getHost() != null && InetAddress.getByName(server.getHost()).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }
}
