package dev.thalweg.data;

import dev.thalweg.text.StableName;
import java.util.Objects;
import java.util.SplittableRandom;

/** A user's function as a sampler, known by its name. */
record NamedSampler(String name, Sampler function) implements Sampler {
    NamedSampler {
        StableName.given("a sampler", name);
        Objects.requireNonNull(function, "function");
    }

    @Override
    public int[] order(Targets targets, SplittableRandom random) {
        return function.order(targets, random);
    }

    @Override
    public String toString() {
        return name;
    }
}
