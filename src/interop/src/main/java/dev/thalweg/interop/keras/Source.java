package dev.thalweg.interop.keras;

import java.util.List;

/** Where the numbers of one of our parameters come from. */
sealed interface Source {
    /** {@return how many numbers there are} */
    long elements();

    /**
     * The same number everywhere, where Keras leaves a parameter out.
     *
     * @param value the number
     * @param elements how many
     */
    record Constant(float value, long elements) implements Source {}

    /**
     * Weights of Keras one after the other.
     *
     * @param weights which
     */
    record Joined(List<Weight> weights) implements Source {
        @Override
        public long elements() {
            return weights.stream().mapToLong(Weight::elements).sum();
        }
    }

    /**
     * The two biases of Keras' GRU, {@code [2, 3U]}, of which those of the update and the reset gate are added, as
     * they are in the formula.
     *
     * @param bias both
     */
    record GruBias(Weight bias) implements Source {
        @Override
        public long elements() {
            return bias.elements() / 6 * 4;
        }
    }

    /** {@return a weight as a source} */
    static Source of(Weight weight) {
        return new Joined(List.of(weight));
    }

    /**
     * A weight of a layer of Keras, and how its numbers are arranged anew.
     *
     * @param part of the layer, as MultiHeadAttention's {@code query}; {@code ""} where it has none
     * @param names of which it has one
     * @param index its place among the weights of its part
     * @param dims its extents in Keras
     * @param view the extents that it is looked at by
     * @param axes the order of these extents here
     */
    record Weight(
            String part, List<String> names, int index, List<Integer> dims, List<Integer> view, List<Integer> axes) {
        /** One that stays as it is. */
        Weight(String name, int index, Integer... dims) {
            this("", List.of(name), index, List.of(dims), List.of(dims), List.of());
        }

        /** {@return the weight with its axes in another order} */
        Weight axes(Integer... order) {
            return new Weight(part, names, index, dims, view, List.of(order));
        }

        /** {@return the weight looked at by other extents} */
        Weight view(Integer... extents) {
            return new Weight(part, names, index, dims, List.of(extents), axes);
        }

        /** {@return the weight of a part} */
        Weight of(String another) {
            return new Weight(another, names, index, dims, view, axes);
        }

        /** {@return the weight under another name too} */
        Weight or(String name) {
            return new Weight(part, List.of(names.getFirst(), name), index, dims, view, axes);
        }

        long elements() {
            return dims.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }

        /** {@return the numbers in their new order} */
        float[] arranged(float[] values) {
            if (axes.isEmpty()) {
                return values;
            }
            int rank = view.size();
            int[] strides = new int[rank];
            int stride = 1;
            for (int axis = rank - 1; axis >= 0; axis--) {
                strides[axis] = stride;
                stride *= view.get(axis);
            }
            float[] arranged = new float[values.length];
            int[] at = new int[rank];
            int from = 0;
            for (int i = 0; i < values.length; i++) {
                arranged[i] = values[from];
                // Goes through the new extents like the digits of a counter, the last one quickest.
                for (int k = rank - 1; k >= 0; k--) {
                    int axis = axes.get(k);
                    from += strides[axis];
                    if (++at[k] < view.get(axis)) {
                        break;
                    }
                    from -= at[k] * strides[axis];
                    at[k] = 0;
                }
            }
            return arranged;
        }
    }
}
