package org.reservoir.site;

import java.net.URI;
import java.util.Optional;

import org.reservoir.alarms.InternetPost;
import org.reservoir.kernel.Refused;

import picocli.CommandLine.Option;

/** By which server alarms are mailed: options of the site server. */
final class MailOptions {
    @Option(names = "--mail-server", paramLabel = "URL", description = "Where mail of alarms is handed in: smtp://HOST:25, or smtps://USER:PASSWORD@HOST (no mail is sent).")
    private Optional<URI> address = Optional.empty();
    @Option(names = "--mail-from", paramLabel = "ADDRESS", defaultValue = "reservoir@localhost", description = "Sender of these mails (${DEFAULT-VALUE}).")
    private String from;

    Optional<InternetPost.MailServer> server() {
        return address.map(uri -> {
            if (!String.valueOf(uri.getScheme()).matches("smtps?") || uri.getHost() == null) {
                throw Refused.invalid("BAD_ADDRESS", "'%s' is no mail server.".formatted(uri), "Write it like smtp://mail.example.org:25.");
            }
            return new InternetPost.MailServer(uri, from);
        });
    }
}
