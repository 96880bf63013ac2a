package dev.thalweg.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Fingerprints of texts and targets. */
final class Digests {
    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform has SHA-256", e);
        }
    }

    /** The length before the text keeps texts apart: "ab", "c" is not "a", "bc". */
    static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }

    /** Rows begin with a word for their kind, which keeps the kinds apart. */
    static void update(MessageDigest digest, Targets targets) {
        switch (targets) {
            case ClassTargets classes -> {
                ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, classes.size()));
                for (int i = 0; i < classes.size(); i++) {
                    bytes.putInt(classes.label(i));
                }
                digest.update(bytes.flip());
            }
            case MultiLabelTargets labels -> updateRows(digest, "labels", labels);
            case RegressionTargets numbers -> updateRows(digest, "numbers", numbers);
        }
    }

    private static void updateRows(MessageDigest digest, String kind, Targets rows) {
        update(digest, kind);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, rows.outputs()));
        for (int i = 0; i < rows.size(); i++) {
            bytes.clear().asFloatBuffer().put(rows.row(i));
            digest.update(bytes);
        }
    }
}
