package dev.thalweg.spark;

import java.util.List;
import java.util.Objects;

/**
 * The columns of a DataFrame that say what a network shall say of its pictures, as {@link dev.thalweg.data.Targets} has
 * them.
 */
public sealed interface TargetColumns {
    /**
     * One class each.
     *
     * @param column of text, or of whole numbers
     * @param names of the classes in their order, also of those that no picture has: numbers count them from 0, text is
     *            one of them; none where text names the classes itself, and numbers are names that count from 0
     */
    record Classes(String column, List<String> names) implements TargetColumns {
        /** Copies the names. */
        public Classes {
            Objects.requireNonNull(column, "column");
            names = List.copyOf(Objects.requireNonNull(names, "names"));
        }

        /**
         * Classes that nothing else names.
         *
         * @param column of text, or of whole numbers
         */
        public Classes(String column) {
            this(column, List.of());
        }
    }

    /**
     * Any number of labels, none included.
     *
     * @param column of arrays of text, or of whole numbers
     * @param names of the labels in their order, at least one: numbers count them from 0, text is one of them
     */
    record MultiLabels(String column, List<String> names) implements TargetColumns {
        /** Copies the names. */
        public MultiLabels {
            Objects.requireNonNull(column, "column");
            names = List.copyOf(Objects.requireNonNull(names, "names"));
            if (names.isEmpty()) {
                throw new IllegalArgumentException("expected the name of at least one label, got none");
            }
        }
    }

    /**
     * Numbers to be estimated (regression).
     *
     * @param columns of numbers, which have their names then; or one of arrays of numbers, all of one length, which
     *            have none
     */
    record Regression(List<String> columns) implements TargetColumns {
        /** Copies the names. */
        public Regression {
            columns = List.copyOf(Objects.requireNonNull(columns, "columns"));
            if (columns.isEmpty()) {
                throw new IllegalArgumentException("expected at least one column of numbers, got none");
            }
        }

        /**
         * As columns that are written out.
         *
         * @param columns of numbers, or one of arrays of numbers
         */
        public Regression(String... columns) {
            this(List.of(Objects.requireNonNull(columns, "columns")));
        }
    }
}
