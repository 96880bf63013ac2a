package dev.thalweg.data;

import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a network shall say of each picture, as numbers: {@code [N, outputs]}. One class each ({@link ClassTargets}),
 * any of several labels ({@link MultiLabelTargets}), or numbers to be estimated ({@link RegressionTargets}).
 */
public sealed interface Targets permits ClassTargets, MultiLabelTargets, RegressionTargets {
    /**
     * Targets of pictures that belong to one class each.
     *
     * @param classNames what the classes are called, printable
     * @param classes of the pictures, from 0 to below the number of names
     * @return their targets, one-hot rows
     * @throws IllegalArgumentException if a class is out of range, or a name is not printable or stands there twice
     */
    static ClassTargets ofClasses(List<String> classNames, int... classes) {
        return ClassTargets.of(classNames, classes);
    }

    /**
     * Targets of pictures that belong to one class each.
     *
     * @param classNames what the classes are called, printable
     * @param classes of the pictures, from 0 to below the number of names
     * @return their targets, one-hot rows
     * @throws IllegalArgumentException if a class is out of range, or a name is not printable or stands there twice
     */
    static ClassTargets ofClasses(List<String> classNames, List<Integer> classes) {
        return ClassTargets.of(
                classNames, classes.stream().mapToInt(Integer::intValue).toArray());
    }

    /**
     * Targets of pictures that have any number of labels.
     *
     * @param labelNames what the labels are called, printable
     * @param rows {@code [N, labels]}: 1 where a picture has a label, else 0
     * @return their targets
     * @throws IllegalArgumentException if a row has another length or another number, or a name is not printable or
     *             stands there twice
     */
    static MultiLabelTargets ofMultiLabels(List<String> labelNames, float[]... rows) {
        return MultiLabelTargets.of(labelNames, rows);
    }

    /**
     * Targets of pictures that have any number of labels.
     *
     * @param labelNames what the labels are called, printable
     * @param labels those that each picture has
     * @return their targets, rows {@code [N, labels]} of 0 and 1
     * @throws IllegalArgumentException if a picture has another label, or a name is not printable or stands there twice
     */
    static MultiLabelTargets ofMultiLabels(List<String> labelNames, List<? extends Collection<String>> labels) {
        float[][] rows = new float[labels.size()][labelNames.size()];
        for (int i = 0; i < rows.length; i++) {
            for (String label : labels.get(i)) {
                int at = labelNames.indexOf(label);
                if (at < 0) {
                    throw new IllegalArgumentException("picture " + i + " has the label " + PrintableText.excerpt(label)
                            + ", expected some of " + PrintableText.excerpt(labelNames));
                }
                rows[i][at] = 1;
            }
        }
        return MultiLabelTargets.of(labelNames, rows);
    }

    /**
     * Targets of pictures of which numbers are to be estimated (regression).
     *
     * @param names what the numbers are called, printable; none where they have no names
     * @param rows {@code [N, numbers]}, finite
     * @return their targets
     * @throws IllegalArgumentException if rows differ in length, a number is not finite, or a name is not printable
     *             or stands there twice
     */
    static RegressionTargets ofRegression(List<String> names, float[]... rows) {
        return RegressionTargets.of(names, rows);
    }

    /**
     * {@return of how many pictures these are the targets}
     */
    int size();

    /**
     * {@return how many numbers a row has: classes, labels, or numbers to be estimated}
     */
    int outputs();

    /**
     * {@return what the numbers of a row stand for; empty where they have no names}
     */
    List<String> names();

    /**
     * {@return what they are}
     */
    TargetKind kind();

    /**
     * {@return kind and names}
     */
    default TargetSpec spec() {
        return new TargetSpec(kind(), names());
    }

    /**
     * Writes a picture's row, as a loss sees it; one-hot where pictures belong to one class each.
     *
     * @param index which picture, from 0
     * @param row receives {@link #outputs} numbers
     */
    void write(int index, float[] row);

    /**
     * {@return a picture's row of {@link #outputs} numbers, as a loss sees it}
     *
     * @param index which picture, from 0
     */
    default float[] row(int index) {
        float[] row = new float[outputs()];
        write(index, row);
        return row;
    }

    /**
     * {@return the targets of some of the pictures}
     *
     * @param indices which, in the order wanted; one may stand there more than once
     */
    @CheckReturnValue
    Targets select(int... indices);

    /**
     * {@return these, where pictures belong to one class each; else empty}
     */
    default Optional<ClassTargets> classes() {
        return this instanceof ClassTargets classes ? Optional.of(classes) : Optional.empty();
    }

    /**
     * {@return these, where pictures belong to one class each}
     *
     * @throws IllegalStateException if they do not
     */
    @CheckReturnValue
    default ClassTargets asClasses() {
        return classes()
                .orElseThrow(() -> new IllegalStateException(
                        "there is no class for each picture, but " + this + ": ask the targets for their rows"));
    }
}
