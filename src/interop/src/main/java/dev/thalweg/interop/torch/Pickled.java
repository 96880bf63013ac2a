package dev.thalweg.interop.torch;

import dev.thalweg.format.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a pickle may hold here: tensors and what they are kept in. */
sealed interface Pickled {
    /**
     * A dictionary.
     *
     * @param entries in the order of the file
     */
    record Dict(Map<Pickled, Pickled> entries) implements Pickled {
        /** Dictionaries are compared as objects: they may hold themselves. */
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "a dictionary of " + entries.size();
        }

        Optional<Pickled> get(String key) {
            return Optional.ofNullable(entries.get(new Text(key)));
        }
    }

    /**
     * A list or a tuple.
     *
     * @param items from first to last
     */
    record Sequence(List<Pickled> items) implements Pickled {
        /** Lists are compared as objects: they may hold themselves. */
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "a list of " + items.size();
        }
    }

    /**
     * Text.
     *
     * @param text as it stands there
     */
    record Text(String text) implements Pickled {}

    /**
     * A whole number.
     *
     * @param value of at most 64 bits
     */
    record Whole(long value) implements Pickled {}

    /** What weights are not: other numbers, truth values, nothing. */
    record Other() implements Pickled {}

    /** What is called to make something: a class or a function, by its name. */
    record Global(String module, String name) implements Pickled {
        String qualified() {
            return module + "." + name;
        }
    }

    /**
     * Where numbers lie.
     *
     * @param dtype how they stand there
     * @param key the name of the file in the archive
     * @param elements how many
     */
    record Storage(DType dtype, String key, long elements) implements Pickled {}

    /**
     * A tensor: a view of a storage.
     *
     * @param storage where its numbers lie
     * @param offset the first element
     * @param size the extents
     * @param stride by how many elements the next lies further, for each extent
     */
    record Tensor(Storage storage, long offset, List<Long> size, List<Long> stride) implements Pickled {
        /** Whether all of it lies within its storage, and it is no larger, as repeated numbers would make it. */
        boolean fits() {
            if (offset < 0
                    || size.stream().anyMatch(n -> n < 0)
                    || stride.stream().anyMatch(n -> n < 0)) {
                return false;
            }
            long elements = 1;
            long last = offset;
            for (int i = 0; i < size.size(); i++) {
                elements = Math.multiplyExact(elements, (long) size.get(i));
                last = Math.addExact(last, Math.multiplyExact(size.get(i) - 1, (long) stride.get(i)));
            }
            return elements == 0 || (elements <= storage.elements() && last < storage.elements());
        }

        /** How many elements lie from the first to the last, both counted. */
        long span() {
            long span = 1;
            for (int i = 0; i < size.size(); i++) {
                span += (size.get(i) - 1) * stride.get(i);
            }
            return span;
        }

        /** Whether its numbers lie one after the other, row-major. */
        boolean isContiguous() {
            long expected = 1;
            for (int i = size.size() - 1; i >= 0; i--) {
                if (size.get(i) != 1 && stride.get(i) != expected) {
                    return false;
                }
                expected *= size.get(i);
            }
            return true;
        }
    }
}
