package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.data.AlternatingFlip;
import dev.thalweg.data.MixUp;
import dev.thalweg.data.RandAugment;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.RandomResizedCrop;
import dev.thalweg.data.RandomSampler;
import dev.thalweg.data.RepeatedAugmentation;
import dev.thalweg.data.TrivialAugment;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.train.Fit;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the words of {@code --augment} stand for. */
class AugmentOptionTest {
    private static Fit fit(String... arguments) {
        AugmentOption option = new AugmentOption();
        CommandLine line = new CommandLine(option);
        EnumWords.register(line);
        line.parseArgs(arguments);
        return option.into(Fit.epochs(1), Shape.of(3, 32, 32), TargetKind.CLASSES);
    }

    @Test
    void stepsActInTheOrderInWhichTheyAreGiven() {
        assertEquals(
                List.of(new AlternatingFlip(), new RandomResizedCrop(), new TrivialAugment(), new MixUp(0.2)),
                fit("--augment", "alternating-flip,resized-crop,trivial,mixup").augmentations());
        assertEquals(
                List.of(new RandomCrop(4), new RandAugment(2, 9)),
                fit("--augment", "crop,rand").augmentations());
        assertEquals(List.of(), fit().augmentations());
    }

    @Test
    void repeatedIsTheOrderOfPictures() {
        Fit repeated = fit("--augment", "trivial,repeated,alternating-flip");
        assertEquals(new RepeatedAugmentation(3), repeated.sampler());
        assertEquals(List.of(new TrivialAugment(), new AlternatingFlip()), repeated.augmentations());
        assertEquals(new RandomSampler(), fit("--augment", "trivial").sampler());
    }
}
