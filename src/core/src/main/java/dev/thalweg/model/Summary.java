package dev.thalweg.model;

import dev.thalweg.tensor.Shape;

/** The table of a network, as Keras prints it. */
final class Summary {
    private static final String ROW = "%-46s %-22s %12s%n";
    private static final int WIDTH = 82;

    private Summary() {}

    static String of(Network network) {
        StringBuilder text = new StringBuilder(String.format(ROW, "Layer (type)", "Output shape", "Parameters"));
        line(text);
        boolean single = network.inputs().size() == 1;
        for (Port input : network.inputs()) {
            text.append(String.format(ROW, single ? "input" : input.name() + " (input)", shape(input.shape()), 0));
        }
        for (PlacedLayer p : network.layers()) {
            text.append(String.format(
                    ROW,
                    p.name() + " (" + type(p.layer()) + ")",
                    shape(p.output()),
                    String.format("%,d", p.parameterCount())));
        }
        line(text);
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

    private static void line(StringBuilder text) {
        text.append("-".repeat(WIDTH)).append(System.lineSeparator());
    }

    private static String type(Layer layer) {
        return layer.getClass().isRecord() ? layer.getClass().getSimpleName() : layer.kind();
    }

    private static String shape(Shape example) {
        return example.toString().replace("[", "[N, ");
    }
}
