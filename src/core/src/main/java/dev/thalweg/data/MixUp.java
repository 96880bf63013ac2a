package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Replaces pictures and targets by weighted means of two (Zhang et al., mixup, ICLR 2018): {@code λx + (1 − λ)x'} with
 * λ from the Beta distribution with both parameters α, drawn once for each batch.
 *
 * @param alpha α, above 0 and at most 1
 */
public record MixUp(double alpha) implements MixingAugmentation {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code alpha} is not above 0 and at most 1
     */
    public MixUp {
        Betas.check("Mixup", alpha);
    }

    @Override
    public void apply(MixBuffer batch, SplittableRandom random) {
        float kept = (float) Betas.draw(alpha, random);
        int[] partners = batch.partners(random);
        batch.mixImages(partners, kept);
        batch.mixTargets(partners, kept);
    }
}
