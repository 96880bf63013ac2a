package dev.thalweg.interop.onnx.network;

import org.jspecify.annotations.Nullable;

/** A way to read nodes as layers. */
@FunctionalInterface
interface Pattern {
    /**
     * Looks whether a node is the last of some that are known layers.
     *
     * @param plan the graph
     * @param last the node, whose first result has the examples along its first axis
     * @return the layers, or null if the nodes are something else
     */
    @Nullable
    Match match(Plan plan, Step last);
}
