package dev.thalweg.data;

import dev.thalweg.text.StableName;
import java.util.Objects;
import java.util.SplittableRandom;

/** A user's function as an augmentation that goes by the epoch, known by its name. */
record NamedEpochAugmentation(String name, EpochAugmentation function) implements EpochAugmentation {
    NamedEpochAugmentation {
        StableName.given("an augmentation", name);
        Objects.requireNonNull(function, "function");
    }

    @Override
    public void apply(PixelBuffer picture, SplittableRandom random, int epoch) {
        function.apply(picture, random, epoch);
    }

    @Override
    public String toString() {
        return name;
    }
}
