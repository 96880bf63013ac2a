package dev.thalweg.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of files and texts. */
public final class Digests {
    private Digests() {}

    /**
     * {@return a digest that nothing has gone into yet; each Java platform has this one}
     */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("each Java platform has SHA-256", e);
        }
    }

    /**
     * Digests a text, after its length, which keeps texts apart: "ab", "c" is not "a", "bc".
     *
     * @param digest to go on with
     * @param text any
     */
    public static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }
}
