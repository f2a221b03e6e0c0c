package org.reservoir.alarms;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

import javax.net.ssl.SSLContext;

import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

/** Sends notices by HTTP, and by SMTP to one server. Redirects are not followed: a webhook says itself where it is. */
public final class InternetPost implements Post {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Optional<MailServer> mail;

    /**
     * @param address {@code smtp://host:25}, or {@code smtps://host:465}; {@code smtp} uses STARTTLS where it is offered, and needs it when there is a password
     * @param from    the sender
     * @param login   user and password, if it wants them
     * @param tls     whom it must be vouched for by
     */
    public record MailServer(URI address, String from, Optional<Login> login, SSLContext tls) {}

    public record Login(String user, String password) {
        @Override
        public String toString() {
            return user;
        }
    }

    /** Made when the first notice goes out: a client reads the trusted certificates, which a site's start need not wait for. */
    private static final class Web {
        static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER).build();
    }

    public InternetPost(Optional<MailServer> mail) {
        this.mail = mail;
    }

    @Override
    public void webhook(String url, String body, String signature) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).header("Content-Type", "application/json").header("User-Agent", "Reservoir")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!signature.isEmpty()) {
            request.header("Reservoir-Signature", signature);
        }
        var reply = send(request.build());
        if (reply.statusCode() / 100 != 2) {
            throw new IOException("it answered " + reply.statusCode());
        }
    }

    private static HttpResponse<Void> send(HttpRequest request) throws IOException, InterruptedException {
        try {
            return Web.CLIENT.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (ConnectException nobody) { // the client says no more than that
            throw new IOException("nobody answers there", nobody);
        }
    }

    @Override
    public void mail(String to, String subject, String text) throws IOException {
        var server = mail.orElseThrow(() -> new IOException("the site has no mail server (--mail-server)"));
        try {
            var message = new MimeMessage(session(server));
            message.setFrom(new InternetAddress(server.from(), true));
            message.setRecipient(Message.RecipientType.TO, new InternetAddress(to, true));
            message.setSubject(subject, "UTF-8");
            message.setText(text, "UTF-8");
            message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's absence note answers it
            Transport.send(message);
        } catch (MessagingException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Session session(MailServer server) {
        var scheme = server.address().getScheme();
        var login = server.login();
        var properties = new Properties();
        properties.setProperty("mail.transport.protocol.rfc822", scheme);
        properties.setProperty("mail." + scheme + ".host", server.address().getHost());
        properties.setProperty("mail." + scheme + ".port", Integer.toString(server.address().getPort() < 0 ? scheme.equals("smtps") ? 465 : 25 : server.address().getPort()));
        properties.setProperty("mail." + scheme + ".auth", Boolean.toString(login.isPresent()));
        properties.put("mail." + scheme + ".ssl.socketFactory", server.tls().getSocketFactory());
        properties.setProperty("mail." + scheme + ".ssl.checkserveridentity", "true");
        properties.setProperty("mail.smtp.starttls.enable", "true");
        properties.setProperty("mail.smtp.starttls.required", Boolean.toString(login.isPresent()));
        for (var limit : new String[] {"connectiontimeout", "timeout", "writetimeout"}) {
            properties.setProperty("mail." + scheme + "." + limit, Long.toString(PATIENCE.toMillis()));
        }
        return Session.getInstance(properties, new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return login.map(known -> new PasswordAuthentication(known.user(), known.password())).orElseThrow(() -> new IllegalStateException("no password is configured"));
            }
        });
    }
}
