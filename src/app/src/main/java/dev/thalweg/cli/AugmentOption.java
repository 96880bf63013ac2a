package dev.thalweg.cli;

import dev.thalweg.data.Augmentation;
import dev.thalweg.data.ColorJitter;
import dev.thalweg.data.CutMix;
import dev.thalweg.data.MixUp;
import dev.thalweg.data.RandomAffine;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.RandomErasing;
import dev.thalweg.data.RandomHorizontalFlip;
import dev.thalweg.tensor.Shape;
import java.util.List;
import picocli.CommandLine.Option;

/** How training pictures are changed at random. */
final class AugmentOption {
    private enum Step {
        CROP,
        FLIP,
        ERASE,
        CUTOUT,
        JITTER,
        AFFINE,
        MIXUP,
        CUTMIX;

        private Augmentation of(Shape picture) {
            return switch (this) {
                case CROP -> new RandomCrop(Math.max(1, picture.dim(1) / 8));
                case FLIP -> new RandomHorizontalFlip();
                case ERASE -> new RandomErasing();
                case CUTOUT -> new RandomErasing(1, 0.0625, 0.25, false);
                case JITTER -> new ColorJitter(0.3, 0.3, 0.3);
                case AFFINE -> new RandomAffine(15, 0.1, 0.1);
                case MIXUP -> new MixUp(0.2);
                case CUTMIX -> new CutMix(1);
            };
        }

        /** As it is typed. */
        @Override
        public String toString() {
            return EnumWords.of(this);
        }
    }

    @Option(
            names = "--augment",
            paramLabel = "STEP",
            split = ",",
            description = "Change training pictures at random: ${COMPLETION-CANDIDATES}; several by commas, in order"
                    + " (crop pads by an eighth).")
    private List<Step> steps = List.of();

    /**
     * What changes them.
     *
     * @param picture {@code [C, H, W]}
     */
    Augmentation[] augmentations(Shape picture) {
        return steps.stream().map(step -> step.of(picture)).toArray(Augmentation[]::new);
    }
}
