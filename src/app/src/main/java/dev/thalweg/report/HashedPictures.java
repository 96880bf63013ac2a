package dev.thalweg.report;

import dev.thalweg.data.ImageDataset;
import java.util.stream.IntStream;

/**
 * Pictures with what they are found again by.
 *
 * @param pictures which
 * @param hashes of each
 * @param plain whether each is of nearly one grey: such pictures are alike, and say nothing
 */
record HashedPictures(ImageDataset pictures, long[] hashes, boolean[] plain) {
    /** Least deviation from the mean, in levels of 256. */
    private static final double CONTRAST = 4;

    static HashedPictures of(ImageDataset pictures) {
        PerceptualHash hash = new PerceptualHash(
                pictures.imageShape().dim(1), pictures.imageShape().dim(2));
        long[] hashes = new long[pictures.size()];
        boolean[] plain = new boolean[pictures.size()];
        IntStream.range(0, hashes.length).parallel().forEach(i -> {
            GreyPicture picture = GreyPicture.of(pictures, i);
            hashes[i] = hash.of(picture);
            plain[i] = picture.deviation() < CONTRAST;
        });
        return new HashedPictures(pictures, hashes, plain);
    }

    /** Those that are not plain. */
    int[] told() {
        return IntStream.range(0, plain.length).filter(i -> !plain[i]).toArray();
    }
}
