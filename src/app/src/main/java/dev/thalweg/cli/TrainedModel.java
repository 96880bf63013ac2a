package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.PlacedLayer;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A trained model to go on from. Its head is the last layer that learns, with all that comes after it.
 *
 * @param file it was read from
 * @param model as it was read, but for what is frozen; closed with this
 * @param dequantized whether it computed in 8-bit integers: what is trained are the floats that these stand for
 * @param head place of that layer among the network's
 * @param frozen names of the parameters that stay as they are, none of them the head's
 */
record TrainedModel(Path file, Model model, boolean dequantized, int head, Set<String> frozen)
        implements AutoCloseable {
    /**
     * Finds the head.
     *
     * @throws WrongArgumentException if no layer learns, or the head is no row of layers that ends in the only output
     */
    static TrainedModel of(Path file, Model model) {
        Network network = model.network();
        if (network.outputs().size() > 1) {
            throw new WrongArgumentException(
                    "--from",
                    "a model of one output",
                    file + " of " + network.outputs().stream().map(Port::name).toList());
        }
        int head = network.layers().size() - 1;
        while (head >= 0 && network.layers().get(head).parameters().isEmpty()) {
            head--;
        }
        if (head < 0) {
            throw new WrongArgumentException("--from", "a model that has learnt", file + ", without weights");
        }
        for (int place = head; place < network.layers().size(); place++) {
            List<Integer> from = network.calls().get(place).from();
            int before = network.inputs().size() + place - 1;
            if (from.size() > 1 || place > head && from.getFirst() != before) {
                throw new WrongArgumentException(
                        "--from",
                        "a model whose last layer that learns, "
                                + network.layers().get(head).name()
                                + ", and those after it are in a row, so that others can take their place",
                        file + ", whose layer " + network.layers().get(place).name() + " joins several flows");
            }
        }
        boolean quantized = !model.quantization().isEmpty();
        if (quantized) {
            model.quantization(Map.of());
        }
        return new TrainedModel(file, model, quantized, head, Set.of());
    }

    /** The names of the parameters before the head. */
    List<String> names() {
        List<ParameterSpec> replaced = model.network().layers().get(head).parameters();
        return model.network().parameters().stream()
                .filter(parameter -> !replaced.contains(parameter))
                .map(ParameterSpec::name)
                .toList();
    }

    /**
     * Freezes parameters before the head.
     *
     * @param names which; others than {@link #names} are left out
     * @return this with them
     */
    TrainedModel freeze(Pattern names) {
        Set<String> kept = names().stream().filter(names.asMatchPredicate()).collect(Collectors.toUnmodifiableSet());
        model.freeze(kept.stream().sorted().map(Pattern::quote).collect(Collectors.joining("|")));
        return new TrainedModel(file, model, dequantized, head, kept);
    }

    /**
     * Puts a head for what is to be learnt in place of this one, unless this one is of just that.
     *
     * @param pictures to learn from
     * @param seed of the new weights
     * @return the model to train, to be closed like this one, whose own it may be
     * @throws WrongArgumentException if it takes other pictures
     */
    Model headed(ImageDataset pictures, long seed) {
        Network network = model.network();
        if (!network.input().equals(pictures.imageShape())) {
            throw new WrongArgumentException(
                    "--from",
                    "a model of pictures " + pictures.imageShape() + ", as --data has them",
                    "one of " + network.input());
        }
        if (knows(pictures.targets())) {
            return model;
        }
        try (Scope cutting = new Scope()) {
            Model cut = model;
            while (cut.network().layers().size() > head + 1) {
                cut = cutting.own(cut.replaceHead(seed));
            }
            return cut.replaceHead(seed, layers(features(), pictures.targets()));
        }
    }

    private boolean knows(Targets targets) {
        return !targets.spec().names().isEmpty()
                && targets.spec().equals(model.targets())
                && model.network().layers().getLast().layer().equals(ModelOptions.head(targets));
    }

    private static Layer[] layers(Shape features, Targets targets) {
        List<Layer> layers = new ArrayList<>();
        if (features.rank() == 3) {
            layers.add(new GlobalAveragePooling2D());
        } else if (features.rank() == 2) {
            layers.add(new Flatten());
        }
        layers.add(ModelOptions.head(targets));
        return layers.toArray(Layer[]::new);
    }

    /** What flows into the head. */
    private Shape features() {
        Network network = model.network();
        int from = network.calls().get(head).from().getFirst();
        int place = from - network.inputs().size();
        return place < 0
                ? network.inputs().get(from).shape()
                : network.layers().get(place).output();
    }

    /**
     * {@return what is said of a model that was made of this one, before it is trained}
     *
     * @param headed by {@link #headed}
     */
    List<String> describe(Model headed) {
        Map<String, float[]> before = model.weights();
        Map<String, float[]> after = headed.weights();
        List<String> fresh = new ArrayList<>();
        long all = 0;
        long kept = 0;
        for (PlacedLayer layer : headed.network().layers()) {
            all += layer.parameterCount();
            if (layer.parameters().stream()
                    .map(ParameterSpec::name)
                    .allMatch(name -> Arrays.equals(before.get(name), after.get(name)))) {
                kept += layer.parameterCount();
            } else {
                fresh.add(layer.name());
            }
        }
        long still = model.network().parameters().stream()
                .filter(parameter -> frozen.contains(parameter.name()))
                .mapToLong(parameter -> parameter.shape().elements())
                .sum();
        List<String> lines = new ArrayList<>();
        if (dequantized) {
            lines.add(file + " computes in 8-bit integers; trained, and saved, are the floats that these stand for");
        }
        lines.add(String.format(Locale.ROOT, "%,d of %,d parameters kept from %s", kept, all, file)
                + (still == 0 ? "" : String.format(Locale.ROOT, ", %,d of them frozen", still))
                + (fresh.isEmpty() ? "; its last layer is of these targets" : "; new: " + String.join(", ", fresh)));
        lines.add(ScalingText.line(headed, file));
        return lines;
    }

    @Override
    public void close() {
        model.close();
    }
}
