package org.reservoir.gateways.rest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import org.reservoir.kernel.Refused;

/** Reads a server's certificate and key from PEM or PKCS12 files. */
final class Certificates {
    /** Of the key store in memory. */
    static final String PASSWORD = "in-memory";
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";

    private Certificates() {}

    /** @throws Refused {@code BAD_CERTIFICATE} */
    static KeyStore read(RestOptions.Tls tls) {
        try {
            return tls.key().isPresent() ? pem(tls.certificate(), tls.key().get()) : pkcs12(tls);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw Refused.invalid("BAD_CERTIFICATE", "The certificate %s cannot be used: %s.".formatted(tls.certificate(), e.getMessage()),
                    "Give a PEM chain and an unencrypted PKCS #8 key, or a PKCS12 file with its password.");
        }
    }

    static SSLContext context(RestOptions.Tls tls) {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(read(tls), PASSWORD.toCharArray());
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read cannot be shown", e);
        }
    }

    private static KeyStore pem(Path certificate, Path key) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(certificate)) {
            var chain = CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(Certificate[]::new);
            return store(key(Files.readString(key, StandardCharsets.US_ASCII), chain[0].getPublicKey().getAlgorithm()), chain);
        }
    }

    private static PrivateKey key(String pem, String algorithm) throws GeneralSecurityException {
        var from = pem.indexOf(KEY_BEGIN);
        var to = pem.indexOf(KEY_END);
        if (from < 0 || to < from) {
            throw new GeneralSecurityException("no PKCS #8 private key in the key file");
        }
        var der = Base64.getMimeDecoder().decode(pem.substring(from + KEY_BEGIN.length(), to));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static KeyStore pkcs12(RestOptions.Tls tls) throws IOException, GeneralSecurityException {
        var password = tls.password().toCharArray();
        var file = KeyStore.getInstance(tls.certificate().toFile(), password);
        for (var alias : List.copyOf(java.util.Collections.list(file.aliases()))) {
            if (file.isKeyEntry(alias)) {
                return store((PrivateKey) file.getKey(alias, password), file.getCertificateChain(alias));
            }
        }
        throw new GeneralSecurityException("it holds no private key");
    }

    private static KeyStore store(PrivateKey key, Certificate[] chain) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("site", key, PASSWORD.toCharArray(), chain);
        return store;
    }
}
