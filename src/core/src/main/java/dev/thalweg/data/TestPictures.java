package dev.thalweg.data;

import java.util.Objects;

/**
 * Pictures to test a model with.
 *
 * @param pictures labelled
 * @param kept whether they are those of the folder that the model was not trained on; otherwise they are all that a
 *         folder has
 * @param known about which share of them, from 0 to 1, has name and size of pictures that the model was trained on or
 *        validated with; 0 where they were kept
 * @param reading what was noticed when they were read
 */
public record TestPictures(ImageDataset pictures, boolean kept, double known, Reading reading)
        implements AutoCloseable {
    /** Refuses null. */
    public TestPictures {
        Objects.requireNonNull(pictures, "pictures");
        Objects.requireNonNull(reading, "reading");
    }

    /** Frees the pictures. */
    @Override
    public void close() {
        pictures.close();
    }
}
