package dev.thalweg.data;

import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Counted;
import dev.thalweg.text.Index;
import dev.thalweg.text.PrintableText;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One class of several for each picture; rows are one-hot, {@code [N, classes]}. */
public final class ClassTargets implements Targets {
    private final List<String> names;
    private final int[] classes;

    private ClassTargets(List<String> names, int[] classes) {
        this.names = names;
        this.classes = classes;
    }

    static ClassTargets of(List<String> classNames, int... classes) {
        List<String> names = TargetRows.names("class", classNames);
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] < 0 || classes[i] >= names.size()) {
                throw new IllegalArgumentException(
                        "picture " + i + " has label " + classes[i] + ", expected 0 to " + (names.size() - 1));
            }
        }
        return new ClassTargets(names, classes.clone());
    }

    /**
     * {@return a picture's class, from 0}
     *
     * @param index which picture
     * @throws IndexOutOfBoundsException if there is no such picture
     */
    public int label(int index) {
        return classes[Index.checked("picture", index, classes.length)];
    }

    /**
     * {@return how many pictures there are of each class, in the order of {@link #names}}
     */
    public int[] counts() {
        int[] counts = new int[names.size()];
        for (int c : classes) {
            counts[c]++;
        }
        return counts;
    }

    /**
     * {@return the same targets among other classes, for instance those that a model knows}
     *
     * @param others names of classes, those of these targets among them
     * @throws IllegalArgumentException if a class of these targets is not among them
     */
    @CheckReturnValue
    public ClassTargets among(List<String> others) {
        List<String> unknown =
                names.stream().filter(name -> !others.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("expected pictures of the classes " + PrintableText.excerpt(others)
                    + ", got some of " + PrintableText.excerpt(unknown));
        }
        return renumbered(others);
    }

    /**
     * {@return the same, with classes counted in the order of some names, of which no class of a picture is missing}
     */
    ClassTargets renumbered(List<String> others) {
        int[] labelOf = names.stream().mapToInt(others::indexOf).toArray();
        return of(others, Arrays.stream(classes).map(c -> labelOf[c]).toArray());
    }

    /** {@return which pictures are of some classes, in their order} */
    int[] indicesOf(List<String> some) {
        List<String> unknown =
                some.stream().filter(name -> !names.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("expected some of the classes " + PrintableText.excerpt(names) + ", got "
                    + PrintableText.excerpt(unknown));
        }
        return IntStream.range(0, classes.length)
                .filter(i -> some.contains(names.get(classes[i])))
                .toArray();
    }

    @Override
    public int size() {
        return classes.length;
    }

    @Override
    public int outputs() {
        return names.size();
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public TargetKind kind() {
        return TargetKind.CLASSES;
    }

    @Override
    public void write(int index, float[] row) {
        Arrays.fill(row, 0, names.size(), 0);
        row[label(index)] = 1;
    }

    @Override
    @CheckReturnValue
    public ClassTargets select(int... indices) {
        return new ClassTargets(names, Arrays.stream(indices).map(this::label).toArray());
    }

    @Override
    public String toString() {
        return Counted.of(names.size(), "class");
    }
}
