package dev.thalweg.spark;

import dev.thalweg.data.Targets;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is to be said of the pictures of a data set, in its order; it can travel to executors. */
sealed interface PictureTargets extends Serializable {
    /** {@return what the numbers of a row stand for; empty where they have no names} */
    List<String> names();

    /** {@return the same for the library} */
    Targets targets();

    /** {@return those of some pictures, from one number to before another} */
    PictureTargets part(int from, int to);

    /**
     * {@return the same as those of a network that was trained on others, whose classes these may lack}
     *
     * @throws IllegalArgumentException if they are not of that kind, or not among its names
     */
    PictureTargets among(PictureTargets others);

    /**
     * One class each.
     *
     * @param names of the classes
     * @param labels from 0 to below their number
     */
    record OfClasses(ArrayList<String> names, int[] labels) implements PictureTargets {
        @Override
        public Targets targets() {
            return Targets.ofClasses(names, labels);
        }

        @Override
        public PictureTargets part(int from, int to) {
            return new OfClasses(names, Arrays.copyOfRange(labels, from, to));
        }

        @Override
        public PictureTargets among(PictureTargets others) {
            if (!(others instanceof OfClasses classes)) {
                throw PictureTargets.others(others, this);
            }
            var renumbered = Targets.ofClasses(names, labels).among(classes.names);
            int[] numbers = new int[labels.length];
            Arrays.setAll(numbers, renumbered::label);
            return new OfClasses(classes.names, numbers);
        }
    }

    /**
     * Labels, or numbers to be estimated.
     *
     * @param kind which of the two
     * @param names of a row's numbers; empty where they have none
     * @param rows {@code [N, numbers]}
     */
    record OfRows(TargetKind kind, ArrayList<String> names, float[][] rows) implements PictureTargets {
        @Override
        public Targets targets() {
            return kind == TargetKind.MULTI_LABEL
                    ? Targets.ofMultiLabels(names, rows)
                    : Targets.ofRegression(names, rows);
        }

        @Override
        public PictureTargets part(int from, int to) {
            return new OfRows(kind, names, Arrays.copyOfRange(rows, from, to));
        }

        @Override
        public PictureTargets among(PictureTargets others) {
            if (!(others instanceof OfRows same && same.kind == kind && same.names.equals(names))) {
                throw PictureTargets.others(others, this);
            }
            return this;
        }
    }

    private static IllegalArgumentException others(PictureTargets expected, PictureTargets got) {
        return new IllegalArgumentException("expected pictures with the targets of those to train with, "
                + words(expected) + ", got " + words(got));
    }

    private static String words(PictureTargets targets) {
        return targets.targets() + " " + PrintableText.excerpt(targets.names());
    }
}
