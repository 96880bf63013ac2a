package dev.thalweg.cli;

import dev.thalweg.data.AlternatingFlip;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.BalancedSampler;
import dev.thalweg.data.ColorJitter;
import dev.thalweg.data.CutMix;
import dev.thalweg.data.MixUp;
import dev.thalweg.data.RandAugment;
import dev.thalweg.data.RandomAffine;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.RandomErasing;
import dev.thalweg.data.RandomHorizontalFlip;
import dev.thalweg.data.RandomResizedCrop;
import dev.thalweg.data.RepeatedAugmentation;
import dev.thalweg.data.TrivialAugment;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.train.Fit;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How training pictures are chosen and changed at random. */
final class AugmentOption {
    private enum Step {
        CROP,
        SMALL_CROP,
        RESIZED_CROP,
        FLIP,
        ALTERNATING_FLIP,
        ERASE,
        CUTOUT,
        JITTER,
        AFFINE,
        TRIVIAL,
        RAND,
        MIXUP,
        CUTMIX,
        REPEATED;

        private static final int REPEATS = 3;

        private Fit into(Fit fit, Shape picture) {
            return switch (this) {
                case CROP -> changed(fit, new RandomCrop(Math.max(1, picture.dim(1) / 8)));
                case SMALL_CROP -> changed(fit, new RandomCrop(Math.max(1, picture.dim(1) / 16)));
                case RESIZED_CROP -> changed(fit, new RandomResizedCrop());
                case FLIP -> changed(fit, new RandomHorizontalFlip());
                case ALTERNATING_FLIP -> changed(fit, new AlternatingFlip());
                case ERASE -> changed(fit, new RandomErasing());
                case CUTOUT -> changed(fit, new RandomErasing(1, 0.0625, 0.25, false));
                case JITTER -> changed(fit, new ColorJitter(0.3, 0.3, 0.3));
                case AFFINE -> changed(fit, new RandomAffine(15, 0.1, 0.1));
                case TRIVIAL -> changed(fit, new TrivialAugment());
                case RAND -> changed(fit, new RandAugment());
                case MIXUP -> changed(fit, new MixUp(0.2));
                case CUTMIX -> changed(fit, new CutMix(1));
                case REPEATED -> fit.sampler(new RepeatedAugmentation(REPEATS));
            };
        }

        private static Fit changed(Fit fit, Augmentation last) {
            return fit.augmentations(
                    Stream.concat(fit.augmentations().stream(), Stream.of(last)).toArray(Augmentation[]::new));
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
                    + " (crop pads by an eighth, small-crop by a sixteenth; repeated has an epoch see a third of the"
                    + " pictures, each three times).")
    private List<Step> steps = List.of();

    @Option(
            names = "--balance",
            description = "Show each class equally often, however many pictures it has; classes alone.")
    private boolean balance;

    void check() {
        if (balance && steps.contains(Step.REPEATED)) {
            throw new WrongArgumentException(
                    "--balance and --augment repeated contradict each other: expected one of them");
        }
        if (!steps.isEmpty() && steps.stream().allMatch(Step.REPEATED::equals)) {
            throw new WrongArgumentException("--augment: repeated pictures are the same where nothing changes them:"
                    + " expected another step beside it");
        }
    }

    /**
     * Adds what chooses and changes the pictures.
     *
     * @param fit a training without
     * @param picture {@code [C, H, W]}
     * @param kind of the targets
     * @throws WrongArgumentException if there are no classes to show equally often, and it was asked for
     */
    Fit into(Fit fit, Shape picture, TargetKind kind) {
        if (balance && kind != TargetKind.CLASSES) {
            throw new WrongArgumentException("--balance is for classes: expected --task classes, got " + Task.of(kind));
        }
        Fit changed = balance ? fit.sampler(new BalancedSampler()) : fit;
        for (Step step : steps) {
            changed = step.into(changed, picture);
        }
        return changed;
    }
}
