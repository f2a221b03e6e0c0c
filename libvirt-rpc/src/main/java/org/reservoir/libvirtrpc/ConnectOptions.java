package org.reservoir.libvirtrpc;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * How to connect; what the URI says goes first.
 *
 * @param connectWithin how long making the connection may take
 * @param patience how long a call may take, unless {@link LibvirtConnection#within} says otherwise
 * @param pingEvery how often the peer is asked for a sign of life
 * @param silence a peer that says nothing for so long although it was asked is given up
 * @param ssh the ssh client and its first arguments, for {@code +ssh} URIs
 * @param failures gives failures the words of the program that uses this library; every failure of a call passes through it
 */
public record ConnectOptions(Duration connectWithin, Duration patience, Duration pingEvery, Duration silence, List<String> ssh,
                             Function<LibvirtFailure, RuntimeException> failures) {
    public static final ConnectOptions DEFAULT = new ConnectOptions(Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(5),
            Duration.ofSeconds(25), List.of("ssh"), failure -> failure);

    public ConnectOptions {
        ssh = List.copyOf(ssh);
    }

    public ConnectOptions patience(Duration each) {
        return new ConnectOptions(connectWithin, each, pingEvery, silence, ssh, failures);
    }

    public ConnectOptions keepAlive(Duration every, Duration longestSilence) {
        return new ConnectOptions(connectWithin, patience, every, longestSilence, ssh, failures);
    }

    public ConnectOptions ssh(List<String> client) {
        return new ConnectOptions(connectWithin, patience, pingEvery, silence, client, failures);
    }

    public ConnectOptions failures(Function<LibvirtFailure, RuntimeException> words) {
        return new ConnectOptions(connectWithin, patience, pingEvery, silence, ssh, words);
    }
}
