package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** What {@code nc -U} does, as a program of its own, for machines that have neither nc nor socat. */
final class Relay {
    private Relay() {}

    public static void main(String[] arguments) throws IOException {
        try (var socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(arguments[0]));
            Thread.ofPlatform().daemon().start(() -> pass(System.in, Channels.newOutputStream(new OneWay.Out(socket))));
            pass(Channels.newInputStream(new OneWay.In(socket)), System.out);
        } catch (IOException broken) {
            System.err.println(arguments[0] + ": " + broken.getMessage());
            System.exit(1);
        }
    }

    private static void pass(InputStream in, OutputStream out) {
        var buffer = new byte[1 << 16];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException _) {
            // one side has ended
        }
        System.exit(0);
    }

    /** The shell command that runs it. */
    static String command() {
        var classes = Relay.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        var library = OneWay.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        return "%s/bin/java -XX:TieredStopAtLevel=1 -cp '%s:%s' %s".formatted(System.getProperty("java.home"), classes, library, Relay.class.getName());
    }
}
