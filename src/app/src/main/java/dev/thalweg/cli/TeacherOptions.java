package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.files.Digests;
import dev.thalweg.inference.Distillation;
import dev.thalweg.inference.Inference;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which trained model another one learns from, beside what is to be said of the pictures. */
final class TeacherOptions {
    private static final String TEACHER = "--teacher";
    private static final String WEIGHT = "--teacher-weight";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = TEACHER,
            paramLabel = "FILE",
            description = "Learn what this model, which train saved, says of the pictures too (distillation).")
    private @Nullable Path file;

    @Option(
            names = WEIGHT,
            paramLabel = "SHARE",
            defaultValue = "0.5",
            converter = Range.Fraction.class,
            description = "How much the teacher counts, the targets have the rest (default: ${DEFAULT-VALUE}).")
    private double weight;

    void check() {
        if (file == null && new GivenOptions(spec).has(WEIGHT)) {
            throw new WrongArgumentException(WEIGHT + " has no effect here: expected it with " + TEACHER);
        }
    }

    /**
     * Adds the teacher, if there is one.
     *
     * @param fit a training without
     * @param pictures to learn from
     * @param normalization of the model that learns
     * @param what says what computes
     * @param batchSize pictures in a step
     * @param scope owns the teacher
     * @throws IOException if it cannot be read
     * @throws WrongArgumentException if it is one of other pictures or targets
     */
    Fit into(Fit fit, ImageDataset pictures, Normalization normalization, ModelOptions what, int batchSize, Scope scope)
            throws IOException {
        if (file == null) {
            return fit;
        }
        try (Model teacher = SavedModel.load(file)) {
            Shape picture = teacher.network().pictures().shape();
            if (!picture.equals(pictures.imageShape())
                    || !teacher.targets().equals(pictures.targets().spec())) {
                throw new WrongArgumentException(
                        TEACHER,
                        "a model of pictures " + pictures.imageShape() + " with "
                                + pictures.targets().spec(),
                        file + ", of pictures " + picture + " with " + teacher.targets());
            }
            what.computes(teacher);
            Inference frozen =
                    scope.own(teacher.inference(Inference.Mode.LATENCY, Math.min(batchSize, pictures.size())));
            Augmentation last = new Distillation("sha256 " + sha256(file), frozen, normalization, weight);
            return fit.augmentations(
                    Stream.concat(fit.augmentations().stream(), Stream.of(last)).toArray(Augmentation[]::new));
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = Digests.sha256();
        try (OutputStream read = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Files.copy(file, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
