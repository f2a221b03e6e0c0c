package org.reservoir.monitoring.wire;

import java.security.GeneralSecurityException;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and authenticates frames with AES-128-GCM under a key of their own for each source and direction, derived from the
 * key that source and listener share (HMAC-SHA-256). The header is authenticated, the frame number is the nonce: a source must
 * never use one twice, which is why its id is new with every start and numbers begin with the time of day. Not for several threads.
 */
final class Seal {
    private final SecretKeySpec key;
    private final Cipher cipher;
    private final byte[] nonce = new byte[12];

    /** @param shared at least 16 bytes of good randomness; @param direction tells the two ends of a connection apart */
    Seal(byte[] shared, long source, int direction) {
        if (shared.length < 16) {
            throw new IllegalStateException("a key of %d bytes".formatted(shared.length));
        }
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(shared, "HmacSHA256"));
            mac.update("reservoir measurements 1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            mac.update((byte) direction);
            for (int shift = 0; shift < 64; shift += 8) {
                mac.update((byte) (source >>> shift));
            }
            key = new SecretKeySpec(mac.doFinal(), 0, 16, "AES");
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks AES-GCM or HMAC-SHA-256", e);
        }
    }

    /** Seals the body in place. @param end where the body ends; @return where the frame ends */
    int close(byte[] frame, int end) {
        try {
            prepare(Cipher.ENCRYPT_MODE, frame);
            return Frame.HEADER + cipher.doFinal(frame, Frame.HEADER, end - Frame.HEADER, frame, Frame.HEADER);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal a frame of %d bytes".formatted(end), e);
        }
    }

    /** Opens the body in place. @return where it ends; -1 when it is not genuine */
    int open(byte[] frame, int end) {
        if (end < Frame.HEADER + Frame.SEAL) {
            return -1;
        }
        try {
            prepare(Cipher.DECRYPT_MODE, frame);
            return Frame.HEADER + cipher.doFinal(frame, Frame.HEADER, end - Frame.HEADER, frame, Frame.HEADER);
        } catch (GeneralSecurityException _) {
            return -1;
        }
    }

    private void prepare(int mode, byte[] frame) throws GeneralSecurityException {
        System.arraycopy(frame, 12, nonce, 0, 8);
        cipher.init(mode, key, new GCMParameterSpec(128, nonce));
        cipher.updateAAD(frame, 0, Frame.HEADER);
    }
}
