package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;

/**
 * TLS, with this side's certificate shown and the host's verified against its name. After the handshake libvirtd says with one byte whether
 * it takes the certificate.
 */
final class TlsTransport {
    private static final int PORT = 16514;

    private TlsTransport() {}

    static Transport open(Address address, Duration patience) throws IOException {
        var context = Certificates.context(address);
        var plain = Transports.connected(address, PORT, patience);
        try {
            var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, address.host(), plain.getPort(), true);
            if (address.verifies()) {
                var parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.setSoTimeout((int) patience.toMillis());
            shakeHands(socket, address.host());
            socket.setSoTimeout(0);
            // closed underneath TLS: a farewell would wait for a writer that is stuck
            return new Transports.Streams(socket.getInputStream(), socket.getOutputStream(), plain::close);
        } catch (IOException failed) {
            plain.close();
            throw failed;
        }
    }

    private static void shakeHands(SSLSocket socket, String host) throws IOException {
        try {
            socket.startHandshake();
        } catch (IOException failed) {
            throw new IOException("no TLS with %s: %s".formatted(host, why(failed)), failed);
        }
        if (!welcomed(socket)) {
            throw new SSLHandshakeException(("%s does not take this side's certificate: is it signed by the authority that the host trusts, "
                    + "still valid, and named in the host's tls_allowed_dn_list where it has one?").formatted(host));
        }
    }

    private static String why(IOException failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException && cause.getCause() == null || cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                return "its certificate is not trusted, %s; this side trusts whom cacert.pem names (or, where there is none, whom its Java trusts)".formatted(cause.getMessage());
            }
        }
        return failed instanceof SSLException ? failed.getMessage() : failed.getMessage() + ", as where there is no TLS at that port";
    }

    private static boolean welcomed(SSLSocket socket) throws IOException {
        try {
            return socket.getInputStream().read() == 1;
        } catch (SSLException refused) {
            return false;
        }
    }
}
