package dev.thalweg.cli;

import dev.thalweg.backend.Backend;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Counted;

/**
 * What a preset looks at.
 *
 * @param size the shorter side of a picture in pixels, as it comes where nobody says another size
 * @param channels of a picture
 * @param pictures how many there are to learn from, before some are set aside to validate with
 * @param outputs how many classes, labels or numbers
 * @param kind which of these
 * @param folder whether they are files, which can be brought to another size
 * @param bf16 whether what computes multiplies bfloat16 by instructions of its own
 * @param validated whether there is a part to validate with
 * @param trained whether it begins with a trained model
 * @param mirrors whether pictures seen in a mirror are known to be still of their classes, see {@link MirrorSymmetry}
 */
record PresetFacts(
        int size,
        int channels,
        int pictures,
        int outputs,
        TargetKind kind,
        boolean folder,
        boolean bf16,
        boolean validated,
        boolean trained,
        boolean mirrors) {
    /** Looks at pictures, and in a mirror too where that is asked for. */
    static PresetFacts of(DataOptions.Survey survey, Backend backend, boolean trained, boolean asksMirror) {
        ImageDataset train = survey.pictures().train();
        Shape shape = train.imageShape();
        return new PresetFacts(
                Math.min(shape.dim(1), shape.dim(2)),
                shape.dim(0),
                train.size(),
                train.targets().outputs(),
                train.targets().kind(),
                survey.folder(),
                backend.computesIn(DataType.BFLOAT16) && !backend.emulates(DataType.BFLOAT16),
                survey.pictures().validation().isPresent(),
                trained,
                asksMirror && train.targets().kind() == TargetKind.CLASSES && MirrorSymmetry.of(train));
    }

    /** For people. */
    @Override
    public String toString() {
        return Counted.of(pictures, "picture") + " of " + size + " pixels, " + Task.of(kind) + " (" + outputs + ")"
                + (bf16 ? ", a processor that multiplies bf16" : "")
                + (validated ? ", a part to validate with" : "")
                + (mirrors ? ", alike in the mirror" : "")
                + (trained ? ", a trained model" : "");
    }
}
