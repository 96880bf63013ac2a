package dev.thalweg.spark;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/**
 * What a task does with its part of the pictures.
 *
 * @param <T> what comes out
 */
interface PartWork<T extends Serializable> extends Serializable {
    /**
     * Does it.
     *
     * @param part the pictures, at least one
     * @param configuration says how to read them
     */
    T of(PictureIndex part, Configuration configuration) throws IOException;
}
