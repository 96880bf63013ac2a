package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxTensor;
import java.util.ArrayList;
import java.util.List;

/** What is known of a value of a graph before anything runs. */
sealed interface Fact {
    /**
     * A tensor that is the same in every batch.
     *
     * @param tensor which
     */
    record Constant(OnnxTensor tensor) implements Fact {}

    /**
     * Whole numbers that follow from how many examples there are: shapes. Each is {@code base + examples · slope}.
     *
     * @param small the tensor in a batch of {@link #SMALL}
     * @param base what each is without examples
     * @param slope by how much each grows with an example
     */
    record Counted(OnnxTensor small, List<Long> base, List<Long> slope) implements Fact {}

    /**
     * What is computed when the network runs.
     *
     * @param small the extents in a batch of {@link #SMALL}
     * @param large those in a batch of {@link #LARGE}
     * @param isReal whether the elements are floating-point numbers
     */
    record Flow(List<Long> small, List<Long> large, boolean isReal) implements Fact {
        /** Whether it has the examples, and nothing else, along its first axis: what may flow between layers. */
        boolean isOfExamples() {
            return isReal
                    && small.size() > 1
                    && small.getFirst() == SMALL
                    && large.getFirst() == LARGE
                    && small.subList(1, small.size()).equals(large.subList(1, large.size()));
        }

        /** Whether it depends on parameters alone. */
        boolean isOfParameters() {
            return small.equals(large);
        }

        int rank() {
            return small.size();
        }

        /** An extent that does not depend on the batch. */
        int dim(int axis) {
            return Math.toIntExact(small.get(axis));
        }

        /** The extents of one example. */
        List<Integer> example() {
            List<Integer> extents = new ArrayList<>();
            small.subList(1, small.size()).forEach(extent -> extents.add(Math.toIntExact(extent)));
            return extents;
        }
    }

    /** What is known once the batch is, in some other way. */
    record Varying() implements Fact {}

    /** Two batches, to see what grows with the batch. */
    int SMALL = 2;

    int LARGE = 3;
}
