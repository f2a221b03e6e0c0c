package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS by a certificate of localhost that trusts itself alone. The stores are good for a hundred years, made by
 * {@code keytool -genkeypair -alias it -keyalg EC -dname CN=localhost -ext san=dns:localhost -validity 36500 -storetype PKCS12 -storepass changeit}.
 */
final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private Certificates() {}

    static Protection.Certificates ours() throws IOException, GeneralSecurityException {
        return new Protection.Certificates(context("ours.p12"));
    }

    static Protection.Certificates strange() throws IOException, GeneralSecurityException {
        return new Protection.Certificates(context("strange.p12"));
    }

    private static SSLContext context(String name) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Certificates.class.getResourceAsStream(name)) {
            store.load(in, PASSWORD);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry("it", store.getCertificate("it"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
