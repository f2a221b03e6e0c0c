package org.reservoir.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import org.reservoir.kernel.Refused;

/**
 * Whose jars are taken: those that a listed certificate has signed ({@code jarsigner}). Nobody's unless told.
 *
 * @param signers SHA-256 fingerprints of certificates, lower-case hexadecimal without colons
 */
public record Trust(Set<String> signers) {
    public static final Trust NOBODY = new Trust(Set.of());

    public Trust {
        signers = Set.copyOf(signers);
        for (var signer : signers) {
            if (!signer.matches("[0-9a-f]{64}")) {
                throw Refused.invalid("PLUGIN_SIGNER", "%s is no SHA-256 fingerprint of a certificate.".formatted(signer), "keytool -list -v shows it; 64 hexadecimal digits, colons may stay.");
            }
        }
    }

    /** A list of fingerprints, one a line as {@code keytool} prints them; {@code #} begins a comment. A file that is not there trusts nobody. */
    public static Trust read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return NOBODY;
        }
        return new Trust(Files.readAllLines(file).stream().map(line -> line.replaceFirst("#.*", "").replace(":", "").strip().toLowerCase(Locale.ROOT)).filter(line -> !line.isEmpty())
                .collect(Collectors.toSet()));
    }

    /** The fingerprint of the first of these signers that is trusted. */
    String signerAmong(CodeSigner[] found) {
        for (var signer : found == null ? new CodeSigner[0] : found) {
            var certificate = (X509Certificate) signer.getSignerCertPath().getCertificates().getFirst();
            var fingerprint = fingerprint(certificate);
            if (signers.contains(fingerprint)) {
                return fingerprint;
            }
        }
        return "";
    }

    /** As {@link #signers} has it. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (CertificateEncodingException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
