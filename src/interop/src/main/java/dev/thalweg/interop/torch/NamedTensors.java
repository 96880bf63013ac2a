package dev.thalweg.interop.torch;

import dev.thalweg.format.DType;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** An open file of tensors by name: what they are is known before their values, which may be many, are read. */
public interface NamedTensors extends AutoCloseable {
    /**
     * {@return which file it is}
     */
    Path file();

    /**
     * {@return the names of the tensors, in the file's order}
     */
    Set<String> names();

    /**
     * {@return how the numbers of a tensor stand in the file; empty if there is none of that name}
     *
     * @param name of a tensor
     */
    Optional<DType> dtype(String name);

    /**
     * {@return the extents of a tensor; empty if there is none of that name, or it is empty itself}
     *
     * @param name of a tensor
     */
    Optional<Shape> shape(String name);

    /**
     * Reads a tensor of floating-point numbers.
     *
     * @param name of a tensor that is there
     * @return its numbers, row-major, rounded to single precision where they are longer
     * @throws IOException if it cannot be read
     */
    float[] values(String name) throws IOException;

    @Override
    void close() throws IOException;
}
