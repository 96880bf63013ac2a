package dev.thalweg.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Pastes a rectangle of another picture into each (Yun et al., CutMix, ICCV 2019); targets are mixed by area. The
 * rectangle, the same for the whole batch, has about {@code 1 − λ} of the area, λ from the Beta distribution with both
 * parameters α.
 *
 * @param alpha α, above 0 and at most 1; 1 in the paper
 */
public record CutMix(double alpha) implements MixingAugmentation {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code alpha} is not above 0 and at most 1
     */
    public CutMix {
        Betas.check("CutMix", alpha);
    }

    @Override
    public void apply(MixBuffer batch, SplittableRandom random) {
        int height = batch.shape().dim(1);
        int width = batch.shape().dim(2);
        double side = Math.sqrt(1 - Betas.draw(alpha, random));
        int middleY = random.nextInt(height);
        int middleX = random.nextInt(width);
        int top = Math.max(0, middleY - (int) (height * side / 2));
        int bottom = Math.min(height, middleY + (int) (height * side / 2));
        int left = Math.max(0, middleX - (int) (width * side / 2));
        int right = Math.min(width, middleX + (int) (width * side / 2));
        int[] partners = batch.partners(random);
        if (bottom > top && right > left) {
            paste(batch, partners, top, bottom, left, right - left);
        }
        batch.mixTargets(
                partners, 1 - (float) Math.max(0, bottom - top) * Math.max(0, right - left) / (height * width));
    }

    private static void paste(MixBuffer batch, int[] partners, int top, int bottom, int left, int length) {
        int channels = batch.shape().dim(0);
        int height = batch.shape().dim(1);
        int width = batch.shape().dim(2);
        float[] before = batch.images().toArray(ValueLayout.JAVA_FLOAT);
        for (int picture = 0; picture < batch.size(); picture++) {
            for (int c = 0; c < channels; c++) {
                for (int y = top; y < bottom; y++) {
                    int row = (c * height + y) * width + left;
                    MemorySegment.copy(
                            before,
                            partners[picture] * channels * height * width + row,
                            batch.images(),
                            ValueLayout.JAVA_FLOAT,
                            ((long) picture * channels * height * width + row) * Float.BYTES,
                            length);
                }
            }
        }
    }
}
