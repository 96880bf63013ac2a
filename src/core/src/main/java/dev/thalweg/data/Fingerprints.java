package dev.thalweg.data;

import dev.thalweg.files.Digests;
import dev.thalweg.tensor.Shape;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** What tells data sets apart. */
final class Fingerprints {
    private Fingerprints() {}

    /** {@return SHA-256, as 64 hexadecimal digits, of pictures, their targets and what else belongs to them} */
    static String of(Shape shape, Targets targets, Sides sides, PictureSource source, int... places) {
        MessageDigest digest = Digests.sha256();
        targets.names().forEach(name -> Digests.update(digest, name));
        Digests.update(digest, shape.toString());
        update(digest, targets);
        for (int place : places) {
            source.fingerprint(digest, place);
        }
        sides.fingerprint(digest);
        return HexFormat.of().formatHex(digest.digest());
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
        Digests.update(digest, kind);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, rows.outputs()));
        for (int i = 0; i < rows.size(); i++) {
            bytes.clear().asFloatBuffer().put(rows.row(i));
            digest.update(bytes);
        }
    }
}
