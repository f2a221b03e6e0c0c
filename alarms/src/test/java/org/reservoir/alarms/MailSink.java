package org.reservoir.alarms;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A mail server that keeps what it is given: one connection after another, with TLS and passwords when it has a certificate. */
final class MailSink implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final Optional<SSLContext> certificate;
    /** Lines of each mail and of what was said before it; AUTH in the clear text of its base64. */
    final BlockingQueue<List<String>> mails = new LinkedBlockingQueue<>();

    MailSink() throws IOException {
        this(Optional.empty(), false);
    }

    /** @param atOnce whether TLS is begun before anything is said */
    MailSink(Optional<SSLContext> certificate, boolean atOnce) throws IOException {
        this.certificate = certificate;
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try (var client = socket.accept()) {
                    var said = new ArrayList<String>();
                    converse(atOnce ? encrypted(client) : client, said, !atOnce && certificate.isPresent());
                } catch (IOException _) {
                    // this client's affair; when closed the loop ends
                }
            }
        });
    }

    InternetPost.MailServer settings(String scheme, Optional<InternetPost.Login> login) throws NoSuchAlgorithmException {
        return settings(scheme, login, SSLContext.getDefault());
    }

    InternetPost.MailServer settings(String scheme, Optional<InternetPost.Login> login, SSLContext trust) {
        return new InternetPost.MailServer(URI.create("%s://localhost:%d".formatted(scheme, socket.getLocalPort())), "reservoir@example.org", login, trust);
    }

    private SSLSocket encrypted(Socket client) throws IOException {
        var encrypted = (SSLSocket) certificate.orElseThrow().getSocketFactory().createSocket(client, client.getInputStream(), true);
        encrypted.setUseClientMode(false);
        encrypted.startHandshake();
        return encrypted;
    }

    private void converse(Socket client, List<String> said, boolean offersTls) throws IOException {
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        boolean data = false;
        if (said.isEmpty()) {
            say(client, "220 test");
        }
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            said.add(line.startsWith("AUTH PLAIN ") ? "AUTH " + new String(Base64.getDecoder().decode(line.substring(11)), StandardCharsets.UTF_8).replace('\0', ' ').strip() : line);
            if (data && !line.equals(".")) {
                continue;
            }
            if (line.equals("STARTTLS")) {
                say(client, "220 go on");
                converse(encrypted(client), said, false);
                return;
            }
            data = line.equals("DATA");
            say(client, answer(line, offersTls, client instanceof SSLSocket));
            if (line.equals("QUIT")) {
                mails.add(List.copyOf(said));
                return;
            }
        }
    }

    private static String answer(String line, boolean offersTls, boolean encrypted) {
        return switch (line.split(" ")[0]) {
            case "EHLO" -> "250-test\r\n" + (offersTls ? "250-STARTTLS\r\n" : "") + (encrypted ? "250-AUTH PLAIN\r\n" : "") + "250 8BITMIME";
            case "AUTH" -> "235 welcome";
            case "DATA" -> "354 go on";
            case "QUIT" -> "221 bye";
            default -> "250 ok";
        };
    }

    private static void say(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
