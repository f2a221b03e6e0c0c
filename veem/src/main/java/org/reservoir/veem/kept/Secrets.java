package org.reservoir.veem.kept;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jdbi.v3.core.Handle;
import org.reservoir.kernel.VeeId;

/**
 * The secret by which a guest proves whose it is when it reports: HMAC-SHA-256 (RFC 2104) of the VEE's id under the site's key,
 * so that none is stored, every VEE has its own, and a restored site knows them all.
 */
public final class Secrets {
    private final SecretKeySpec key;

    private Secrets(SecretKeySpec key) {
        this.key = key;
    }

    /** With the key of this site, made when there is none yet. */
    public static Secrets of(Handle sql) {
        var fresh = new byte[32];
        new SecureRandom().nextBytes(fresh);
        sql.createUpdate("insert into veem.site_key (key) values (:key) on conflict do nothing").bind("key", fresh).execute();
        return new Secrets(new SecretKeySpec(sql.createQuery("select key from veem.site_key").mapTo(byte[].class).one(), "HmacSHA256"));
    }

    /** 32 hex digits. */
    public String of(VeeId vee) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(vee.toString().getBytes(StandardCharsets.US_ASCII)), 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is part of every JDK", e);
        }
    }

    /** In a time that does not tell how much of it was right. */
    public boolean isOf(VeeId vee, String secret) {
        return MessageDigest.isEqual(of(vee).getBytes(StandardCharsets.US_ASCII), secret.getBytes(StandardCharsets.UTF_8));
    }
}
