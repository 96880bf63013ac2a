package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The table of a network, as Keras prints it. */
final class Summary {
    private record Row(String layer, String shape, String parameters) {}

    private static final int LAYER_WIDTH = 46;
    private static final int SHAPE_WIDTH = 22;
    private static final int PARAMETERS_WIDTH = 12;

    private Summary() {}

    static String of(Network network) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("Layer (type)", "Output shape", "Parameters"));
        boolean single = network.inputs().size() == 1;
        for (Port input : network.inputs()) {
            rows.add(new Row(single ? "input" : input.name() + " (input)", shape(input.shape()), "0"));
        }
        for (PlacedLayer p : network.layers()) {
            rows.add(new Row(
                    p.name() + " (" + type(p.layer()) + ")",
                    shape(p.output()),
                    String.format("%,d", p.parameterCount())));
        }
        int layer = width(rows, Row::layer, LAYER_WIDTH);
        int shape = width(rows, Row::shape, SHAPE_WIDTH);
        int parameters = width(rows, Row::parameters, PARAMETERS_WIDTH);
        String format = "%-" + layer + "s %-" + shape + "s %" + parameters + "s%n";
        String line = "-".repeat(layer + shape + parameters + 2) + System.lineSeparator();
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(String.format(format, row.layer(), row.shape(), row.parameters())));
        lines.add(1, line);
        lines.add(line);
        StringBuilder text = new StringBuilder(String.join("", lines));
        if (network.outputs().size() > 1) {
            text.append("Outputs: ")
                    .append(String.join(
                            ", ", network.outputs().stream().map(Port::name).toList()))
                    .append(System.lineSeparator());
        }
        long total = network.parameters().stream()
                .mapToLong(p -> p.shape().elements())
                .sum();
        long trained = network.trainableCount();
        String kept = total == trained ? "" : String.format(", %,d of them trained", trained);
        return text.append(String.format(
                        "Total: %,d parameters (%.1f KiB)%s%n", total, total * Float.BYTES / 1024.0, kept))
                .toString();
    }

    private static int width(List<Row> rows, Function<Row, String> column, int least) {
        return rows.stream().mapToInt(row -> column.apply(row).length()).reduce(least, Math::max);
    }

    private static String type(Layer layer) {
        return layer.getClass().isRecord() ? layer.getClass().getSimpleName() : layer.kind();
    }

    private static String shape(Shape example) {
        return example.toString().replace("[", "[N, ");
    }
}
