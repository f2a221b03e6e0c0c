package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.reservoir.kernel.Refused;

/** The two ends of a link between a site and its agents, as people write them down: an address, and the key in a file. */
public final class LinkWords {
    private static final Set<PosixFilePermission> OWNERS = Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private LinkWords() {}

    /** @throws Refused {@code BAD_ADDRESS} */
    public static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}") || Integer.parseInt(text.substring(colon + 1)) > 65535) {
            throw Refused.invalid("BAD_ADDRESS", "'%s' is no address.".formatted(text), "Write it like 10.0.0.1:8475.");
        }
        var address = new InetSocketAddress(text.substring(0, colon).replaceAll("^\\[|]$", ""), Integer.parseInt(text.substring(colon + 1)));
        if (address.isUnresolved()) {
            throw Refused.invalid("BAD_ADDRESS", "Nobody knows the address of '%s'.".formatted(text), "");
        }
        return address;
    }

    /** A key that several share, by file, for what stands in a command line is seen by all. @throws Refused {@code KEY_OPEN}, {@code BAD_KEY} */
    public static byte[] key(Path file) {
        var digits = secret(file);
        if (!digits.matches("[0-9a-fA-F]{64}")) {
            throw Refused.invalid("BAD_KEY", "%s holds no key.".formatted(file), "Write 64 hexadecimal digits into it.");
        }
        return HexFormat.of().parseHex(digits);
    }

    /** A key that is one speaker's alone, as the site showed it. @throws Refused {@code KEY_OPEN}, {@code BAD_KEY} */
    public static VoiceKey voiceKey(Path file) {
        return VoiceKey.parse(secret(file)).orElseThrow(() -> Refused.invalid("BAD_KEY", "%s holds no key of an agent or border.".formatted(file),
                "Write the line into it that 'reservoir agent add' or 'reservoir border admit' showed."));
    }

    /** What nobody but its owner may read. @throws Refused {@code KEY_OPEN}, {@code BAD_KEY} */
    public static String secret(Path file) {
        try {
            if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
                throw Refused.forbidden("KEY_OPEN", "Others than its owner may read the key %s.".formatted(file), "chmod 600 it, and make a new key if others were on this machine.");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw Refused.invalid("BAD_KEY", "The key cannot be read: %s".formatted(e.getMessage()), "");
        }
    }

    /** TLS that believes those whom the PEM certificates of a file vouch for; those whom the machine trusts when none is given. @throws Refused {@code BAD_CERTIFICATE} */
    public static SSLContext trusting(Optional<Path> certificates) {
        try {
            var context = SSLContext.getInstance("TLS");
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(certificates.isPresent() ? store(certificates.get()) : null);
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw Refused.invalid("BAD_CERTIFICATE", "The certificates %s cannot be used: %s".formatted(certificates.map(Path::toString).orElse("of this machine"), e.getMessage()), "Give a PEM file.");
        }
    }

    private static KeyStore store(Path pem) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(pem)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trusted-" + store.size(), certificate);
            }
        }
        return store;
    }
}
