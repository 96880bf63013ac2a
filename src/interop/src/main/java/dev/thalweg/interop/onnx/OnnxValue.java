package dev.thalweg.interop.onnx;

import java.util.List;
import java.util.Optional;

/**
 * What flows in or out.
 *
 * @param name of the value
 * @param type of its elements; empty if it is no tensor, or one of a type that is not read
 * @param dims the extents, −1 where one is open; empty if not even their number is known
 */
public record OnnxValue(String name, Optional<ElementType> type, Optional<List<Long>> dims) {
    /** Stands for an extent that is open. */
    public static final long OPEN = -1;
}
