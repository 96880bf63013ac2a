package dev.thalweg.inference;

import dev.thalweg.data.MixBuffer;
import dev.thalweg.data.MixingAugmentation;
import dev.thalweg.data.Normalization;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.StableName;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Has a model learn what another one, its teacher, says of the same pictures, changed and mixed as they are (Hinton,
 * Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network", arXiv 1503.02531, section 2, at temperature
 * 1): targets t become {@code (1 − w) t + w p}, where p are the teacher's probabilities, so that a cross-entropy is
 * {@code 1 − w} times that of the targets and w times that of the teacher. Of numbers, p is what the teacher says. It
 * stands last among the augmentations; the teacher must stay open, and does not change.
 */
public final class Distillation implements MixingAugmentation {
    private final String name;
    private final Inference teacher;
    private final Normalization normalization;
    private final float weight;

    /**
     * Takes a teacher.
     *
     * @param name by which checkpoints know it: it says which teacher that is
     * @param teacher of the same pictures and targets, with one output
     * @param normalization of the model that learns; the teacher's own may be another
     * @param weight w, above 0 and at most 1
     * @throws IllegalArgumentException if the name is blank, the weight out of range, or the normalization one of other
     *         channels than the teacher's
     */
    public Distillation(String name, Inference teacher, Normalization normalization, double weight) {
        this.name = StableName.given("a teacher", name);
        this.teacher = Objects.requireNonNull(teacher, "teacher");
        this.normalization = Objects.requireNonNull(normalization, "normalization");
        if (!(weight > 0 && weight <= 1)) {
            throw new IllegalArgumentException("the weight of a teacher must be above 0 and at most 1, got " + weight);
        }
        this.weight = (float) weight;
        int channels = teacher.normalization().mean().size();
        if (normalization.mean().size() != channels) {
            throw new IllegalArgumentException("expected a normalization of the teacher's " + channels
                    + " channels, got one of " + normalization.mean().size());
        }
    }

    /**
     * Changes the targets.
     *
     * @throws ShapeException if the pictures or the targets are not of the teacher's shapes
     */
    @Override
    public void apply(MixBuffer batch, SplittableRandom random) {
        Objects.requireNonNull(random, "random");
        if (batch.targets().size() != 1) {
            throw new ShapeException("a teacher says one thing of a picture, got targets of "
                    + batch.targets().size() + " outputs");
        }
        List<float[]> said =
                teacher.predict(batch.shape(), batch.size(), (_, room, from, to) -> write(batch, room, from, to));
        MemorySegment targets = batch.targets().getFirst();
        int length = said.getFirst().length;
        if (targets.byteSize() != (long) batch.size() * length * Float.BYTES) {
            throw new ShapeException("the teacher yields " + Shape.of(length) + ", expected as many numbers as targets"
                    + " have: " + targets.byteSize() / Float.BYTES / batch.size());
        }
        for (int i = 0; i < batch.size(); i++) {
            for (int k = 0; k < length; k++) {
                long at = (long) i * length + k;
                float target = targets.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                targets.setAtIndex(ValueLayout.JAVA_FLOAT, at, (1 - weight) * target + weight * said.get(i)[k]);
            }
        }
    }

    /** Writes pictures as the teacher sees them: {@code (x s + m − m') / s'} where its normalization is another. */
    private void write(MixBuffer batch, MemorySegment room, int from, int to) {
        Normalization its = teacher.normalization();
        MemorySegment images = batch.images();
        int channels = batch.shape().dim(0);
        int plane = batch.shape().arrayLength() / channels;
        long first = (long) from * channels * plane;
        long length = (long) (to - from) * channels * plane;
        if (its.equals(normalization)) {
            MemorySegment.copy(images, first * Float.BYTES, room, 0, length * Float.BYTES);
            return;
        }
        float[] factors = new float[channels];
        float[] summands = new float[channels];
        for (int c = 0; c < channels; c++) {
            factors[c] = normalization.std().get(c) / its.std().get(c);
            summands[c] = (normalization.mean().get(c) - its.mean().get(c))
                    / its.std().get(c);
        }
        for (long i = 0; i < length; i++) {
            int channel = (int) (i / plane % channels);
            float pixel = images.getAtIndex(ValueLayout.JAVA_FLOAT, first + i);
            room.setAtIndex(ValueLayout.JAVA_FLOAT, i, factors[channel] * pixel + summands[channel]);
        }
    }

    /** By which checkpoints know it. */
    @Override
    public String toString() {
        return "Distillation[" + name + ", " + weight + "]";
    }
}
