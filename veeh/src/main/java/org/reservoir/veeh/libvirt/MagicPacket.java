package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;

/**
 * What wakes a network card that listens while its host sleeps: six bytes of ones and sixteen times its MAC address (AMD's Magic Packet Technology,
 * publication 20213), here in a UDP datagram that is sent to all of a network. Written {@code 52:54:00:12:34:56@10.0.0.255:9}; by itself a MAC address
 * means every network that this machine is directly in, and port 9.
 */
record MagicPacket(byte[] mac, InetAddress to, int port) {
    private static final Pattern WRITTEN = Pattern.compile("((?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2})(?:@([^:]+|\\[[^]]+])(?::([0-9]{1,5}))?)?");
    private static final int TIMES = 16;

    /** By the option {@code wake}. @throws HostFailure REFUSED when that is none */
    static Optional<MagicPacket> of(HostAddress host) {
        return Optional.ofNullable(host.options().get("wake")).map(MagicPacket::read);
    }

    private static MagicPacket read(String text) {
        var parts = WRITTEN.matcher(text);
        int port = parts.matches() && parts.group(3) != null ? Integer.parseInt(parts.group(3)) : 9;
        if (!parts.matches() || port < 1 || port > 0xffff) {
            throw new HostFailure(Kind.REFUSED, "Option wake=%s is no MAC address; write it like 52:54:00:12:34:56 or 52:54:00:12:34:56@10.0.0.255.".formatted(text));
        }
        try {
            return new MagicPacket(HexFormat.of().parseHex(parts.group(1).replaceAll("[:-]", "")), InetAddress.getByName(parts.group(2) == null ? "255.255.255.255" : parts.group(2)), port);
        } catch (UnknownHostException unknown) {
            throw new HostFailure(Kind.REFUSED, "Option wake=%s: there is no address %s.".formatted(text, parts.group(2)), unknown);
        }
    }

    byte[] bytes() {
        var bytes = ByteBuffer.allocate(6 + TIMES * mac.length);
        bytes.putShort((short) -1).putInt(-1);
        for (int i = 0; i < TIMES; i++) {
            bytes.put(mac);
        }
        return bytes.array();
    }

    void send() {
        try (var socket = new DatagramSocket()) {
            socket.setBroadcast(true);
            socket.send(new DatagramPacket(bytes(), bytes().length, to, port));
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "The packet that wakes %s cannot be sent to %s: %s".formatted(HexFormat.ofDelimiter(":").formatHex(mac), to.getHostAddress(), broken.getMessage()), broken);
        }
    }
}
