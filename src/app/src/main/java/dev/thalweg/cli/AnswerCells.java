package dev.thalweg.cli;

import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.Targets;
import dev.thalweg.inference.Predictions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a picture is and what a model says of it, as cells of a table. */
final class AnswerCells {
    /** The probability above which a label is given. */
    private static final double THRESHOLD = 0.5;

    private AnswerCells() {}

    /** The names of the columns. */
    static List<String> columns(TargetSpec spec, int outputs) {
        return switch (spec.kind()) {
            case CLASSES -> List.of("true", "predicted", "probability");
            case MULTI_LABEL -> columns(List.of("true", "predicted"), "probability ", spec, outputs);
            case REGRESSION -> columns(columns(List.of(), "true ", spec, outputs), "predicted ", spec, outputs);
        };
    }

    private static List<String> columns(List<String> first, String kind, TargetSpec spec, int outputs) {
        List<String> columns = new ArrayList<>(first);
        IntStream.range(0, outputs).forEach(output -> columns.add(kind + spec.name(output)));
        return columns;
    }

    /**
     * {@return the cells of a picture}
     *
     * @param targets of all pictures
     * @param picture its index among them
     * @param said of some of them, as probabilities where they are no numbers
     * @param place of the picture among these
     */
    static List<Object> of(Targets targets, int picture, Predictions said, int place) {
        float[] row = targets.row(picture);
        float[] outputs = said.outputs().get(place);
        List<Object> cells = new ArrayList<>();
        switch (targets.kind()) {
            case CLASSES -> {
                int label = targets.asClasses().label(picture);
                cells.addAll(List.of(targets.spec().name(label), said.classNameOf(place), outputs[label]));
            }
            case MULTI_LABEL -> {
                cells.add(names(targets.spec(), row));
                cells.add(String.join(";", said.labelsOf(place, THRESHOLD)));
                addAll(cells, outputs);
            }
            case REGRESSION -> {
                addAll(cells, row);
                addAll(cells, outputs);
            }
        }
        return cells;
    }

    private static String names(TargetSpec labels, float... row) {
        return IntStream.range(0, row.length)
                .filter(label -> row[label] == 1)
                .mapToObj(labels::name)
                .collect(Collectors.joining(";"));
    }

    private static void addAll(List<Object> cells, float... numbers) {
        for (float number : numbers) {
            cells.add(number);
        }
    }
}
