package org.reservoir.libvirtrpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Pattern;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The certificates for TLS, where libvirt has them (libvirt.org/kbase/tlscerts): {@code cacert.pem}, {@code clientcert.pem} and
 * {@code clientkey.pem} in the folder that the URI's {@code pkipath} names, else under {@code /etc/pki}; where there are none, the JVM's own
 * ({@code javax.net.ssl.*}).
 */
final class Certificates {
    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z ]+)-----([^-]+)-----END \\1-----");
    private static final char[] NO_PASSWORD = {};

    private record Pem(Path authority, Path certificate, Path key) {
        boolean exist() {
            return Files.isReadable(authority) && Files.isReadable(certificate) && Files.isReadable(key);
        }
    }

    private Certificates() {}

    static SSLContext context(Address address) throws IOException {
        var files = address.option("pkipath").map(Path::of)
                .map(folder -> new Pem(folder.resolve("cacert.pem"), folder.resolve("clientcert.pem"), folder.resolve("clientkey.pem")))
                .orElseGet(() -> new Pem(Path.of("/etc/pki/CA/cacert.pem"), Path.of("/etc/pki/libvirt/clientcert.pem"),
                        Path.of("/etc/pki/libvirt/private/clientkey.pem")));
        try {
            if (!files.exist() && address.option("pkipath").isEmpty()) {
                return SSLContext.getDefault();
            }
            return context(files, address.verifies());
        } catch (GeneralSecurityException broken) {
            throw new IOException("the certificates in %s cannot be used: %s".formatted(files.certificate.getParent(), broken.getMessage()), broken);
        }
    }

    private static SSLContext context(Pem files, boolean verifies) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (var trusted : certificates(files.authority)) {
            store.setCertificateEntry("authority-" + number++, trusted);
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var chain = certificates(files.certificate);
        store.setKeyEntry("client", key(files.key, chain[0].getPublicKey().getAlgorithm()), NO_PASSWORD, chain);
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, NO_PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), verifies ? trust.getTrustManagers() : new TrustManager[] {new Anyone()}, null);
        return context;
    }

    private static Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return found.toArray(Certificate[]::new);
        }
    }

    /** PKCS#8, or PKCS#1 as certtool writes it. */
    private static PrivateKey key(Path file, String algorithm) throws IOException, GeneralSecurityException {
        var pem = PEM.matcher(Files.readString(file));
        while (pem.find()) {
            var bytes = Base64.getMimeDecoder().decode(pem.group(2));
            switch (pem.group(1)) {
                case "PRIVATE KEY" -> {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
                }
                case "RSA PRIVATE KEY" -> {
                    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(wrapped(bytes)));
                }
                default -> { }
            }
        }
        throw new IOException("%s holds no key in a form that can be read; openssl pkcs8 -topk8 -nocrypt -in %s makes one".formatted(file, file));
    }

    /** PKCS#8 around a PKCS#1 key (RFC 5208 §5): version 0, the algorithm rsaEncryption, the key as octets. */
    private static byte[] wrapped(byte[] pkcs1) {
        byte[] versionAndAlgorithm = {2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0};
        var inner = new ByteArrayOutputStream();
        inner.writeBytes(versionAndAlgorithm);
        inner.writeBytes(der(4, pkcs1));
        return der(0x30, inner.toByteArray());
    }

    /** Keys are shorter than 64 KiB; DER wants the shortest form of a length. */
    private static byte[] der(int tag, byte[] content) {
        int length = content.length;
        byte[] size = length < 128 ? new byte[] {(byte) length} : length < 256 ? new byte[] {(byte) 0x81, (byte) length}
                : new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length};
        return ByteBuffer.allocate(1 + size.length + length).put((byte) tag).put(size).put(content).array();
    }

    /** What {@code no_verify=1} asks for: the host's certificate is not looked at. */
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
