package org.reservoir.site;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import org.reservoir.alarms.InternetPost;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.wire.LinkWords;

import picocli.CommandLine.Option;

/** By which server alarms are mailed: options of the site server. */
final class MailOptions {
    @Option(names = "--mail-server", paramLabel = "URL", description = "Where mail of alarms is handed in: smtp://HOST:25, under TLS where it offers that, or smtps://HOST (no mail is sent).")
    private Optional<URI> address = Optional.empty();
    @Option(names = "--mail-from", paramLabel = "ADDRESS", defaultValue = "reservoir@localhost", description = "Sender of these mails (${DEFAULT-VALUE}).")
    private String from;
    @Option(names = "--mail-user", paramLabel = "NAME", description = "User at the mail server; needs --mail-password, and TLS.")
    private Optional<String> user = Optional.empty();
    @Option(names = "--mail-password", paramLabel = "FILE", description = "File with the user's password, which none but its owner may read.")
    private Optional<Path> password = Optional.empty();
    @Option(names = "--mail-trust", paramLabel = "FILE", description = "PEM certificates that vouch for the mail server's; without it, those that this machine trusts.")
    private Optional<Path> trust = Optional.empty();

    Optional<InternetPost.MailServer> server() {
        return address.map(uri -> {
            if (!String.valueOf(uri.getScheme()).matches("smtps?") || uri.getHost() == null) {
                throw Refused.invalid("BAD_ADDRESS", "'%s' is no mail server.".formatted(uri), "Write it like smtp://mail.example.org:25.");
            }
            return new InternetPost.MailServer(uri, from, login(uri), LinkWords.trusting(trust));
        });
    }

    private Optional<InternetPost.Login> login(URI uri) {
        if (uri.getUserInfo() != null) {
            throw Refused.invalid("BAD_ADDRESS", "A password does not belong into the address of the mail server, which all on this machine may read.", "Give --mail-user NAME and --mail-password FILE.");
        }
        if (user.isPresent() != password.isPresent()) {
            throw Refused.invalid("BAD_ADDRESS", "--mail-user and --mail-password belong together.", "Give both, or none.");
        }
        return user.map(name -> new InternetPost.Login(name, LinkWords.secret(password.orElseThrow())));
    }
}
