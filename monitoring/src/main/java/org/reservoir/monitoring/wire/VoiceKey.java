package org.reservoir.monitoring.wire;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.reservoir.monitoring.probe.SourceId;

/**
 * The key of one speaker alone, an agent or a peer's border: a number and a secret, written {@code NUMBER-SECRET} in hexadecimal
 * digits (8 and 64). The ids of its sources begin with the number, so that a listener knows which key opens a frame, and no
 * speaker can be another. The secret is derived from one that the listener keeps for all (HMAC-SHA-256 over the number), so it is
 * kept nowhere but with the speaker.
 */
public record VoiceKey(int number, byte[] secret) {
    private static final Pattern WRITTEN = Pattern.compile("([0-9a-fA-F]{8})-([0-9a-fA-F]{64})");

    public VoiceKey {
        secret = secret.clone();
    }

    /** The key under a number, from the secret behind all of them. */
    public static VoiceKey derived(byte[] behind, int number) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(behind, "HmacSHA256"));
            mac.update("reservoir voice 1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return new VoiceKey(number, mac.doFinal(HexFormat.of().parseHex(HexFormat.of().toHexDigits(number))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HMAC-SHA-256", e);
        }
    }

    /** Empty when it is none. */
    public static Optional<VoiceKey> parse(String text) {
        var matcher = WRITTEN.matcher(text);
        return matcher.matches() ? Optional.of(new VoiceKey(HexFormat.fromHexDigits(matcher.group(1)), HexFormat.of().parseHex(matcher.group(2)))) : Optional.empty();
    }

    /** As people carry it to the speaker. */
    public String written() {
        return HexFormat.of().toHexDigits(number) + "-" + HexFormat.of().formatHex(secret);
    }

    /** A new source of this speaker: one for each start of a process. */
    public SourceId source() {
        return owned(number, new SecureRandom().nextInt());
    }

    /** The number under which a source speaks. */
    public static int number(SourceId source) {
        return (int) (source.value() >>> 32);
    }

    /** What {@code source} is called when it is told by the speaker of a number: a source of that speaker, whatever was said. */
    static SourceId owned(int number, long source) {
        return new SourceId((long) number << 32 | source & 0xffff_ffffL);
    }

    @Override
    public String toString() {
        return "key " + HexFormat.of().toHexDigits(number);
    }
}
