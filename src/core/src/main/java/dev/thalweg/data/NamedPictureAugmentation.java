package dev.thalweg.data;

import dev.thalweg.text.StableName;
import java.util.Objects;
import java.util.SplittableRandom;

/** A user's function as an augmentation, known by its name. */
record NamedPictureAugmentation(String name, PictureAugmentation function) implements PictureAugmentation {
    NamedPictureAugmentation {
        StableName.given("an augmentation", name);
        Objects.requireNonNull(function, "function");
    }

    @Override
    public void apply(PixelBuffer picture, SplittableRandom random) {
        function.apply(picture, random);
    }

    @Override
    public String toString() {
        return name;
    }
}
