package dev.thalweg.data;

import dev.thalweg.io.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Fingerprints of targets. */
final class TargetDigests {
    private TargetDigests() {}

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
        Digests.update(digest, kind);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, rows.outputs()));
        for (int i = 0; i < rows.size(); i++) {
            bytes.clear().asFloatBuffer().put(rows.row(i));
            digest.update(bytes);
        }
    }
}
