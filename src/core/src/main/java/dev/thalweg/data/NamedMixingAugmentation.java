package dev.thalweg.data;

import dev.thalweg.text.StableName;
import java.util.Objects;
import java.util.SplittableRandom;

/** A user's function as an augmentation, known by its name. */
record NamedMixingAugmentation(String name, MixingAugmentation function) implements MixingAugmentation {
    NamedMixingAugmentation {
        StableName.given("an augmentation", name);
        Objects.requireNonNull(function, "function");
    }

    @Override
    public void apply(MixBuffer batch, SplittableRandom random) {
        function.apply(batch, random);
    }

    @Override
    public String toString() {
        return name;
    }
}
