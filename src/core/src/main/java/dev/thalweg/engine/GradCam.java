package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.Batch;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.OutputKind;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Grad-CAM: the channels of the last picture in a network, weighed by the mean gradients of a class' score at them. */
final class GradCam {
    private GradCam() {}

    static List<float[][]> of(
            Backend backend,
            ModelDescription description,
            Parameters parameters,
            Batch batch,
            String output,
            int... classes) {
        if (classes.length != batch.size()) {
            throw new IllegalArgumentException("class activations: expected a class for each of the "
                    + Counted.of(batch.size(), "picture") + ", got " + classes.length);
        }
        NetworkGraph graph = new NetworkGraph(description, batch.size());
        GraphBuilder builder = graph.builder();
        List<Value> results = graph.results();
        Network network = description.network();
        int end = network.end(output);
        Value features = network.ancestors(end).stream()
                .map(results::get)
                .filter(GradCam::isPicture)
                .reduce((first, second) -> second)
                .orElse(null);
        if (features == null) {
            return List.of();
        }
        Value scores = results.get(end);
        // A probability near 1 hardly changes; the score that it is made of does.
        scores = builder.logits(
                        scores, OutputKind.PROBABILITIES, OutputKind.LOG_PROBABILITIES, OutputKind.SINGLE_PROBABILITIES)
                .orElse(scores);
        graph.rewrite(List.of(features, scores), true);
        Value wanted = builder.input("classes", scores.shape());
        Value sum = builder.reduce(Reduction.Kind.SUM, builder.multiply(scores, wanted));
        Value gradient = graph.differentiate(sum, List.of(features)).getFirst();
        float[] oneHot = new float[scores.shape().arrayLength()];
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] < 0 || classes[i] >= scores.shape().dim(1)) {
                throw new IllegalArgumentException("class activations: expected classes from 0 to "
                        + (scores.shape().dim(1) - 1) + ", got " + classes[i]
                        + " for picture " + i);
            }
            oneHot[i * scores.shape().dim(1) + classes[i]] = 1;
        }
        float[] activations = new float[features.shape().arrayLength()];
        float[] gradients = new float[activations.length];
        try (Executable executable =
                graph.compile("class activations", List.of(features, gradient), backend, parameters)) {
            for (int i = 0; i < graph.inputs().size(); i++) {
                executable.write(
                        graph.inputs().get(i),
                        DataPorts.input(batch, network.inputs().get(i).name()));
            }
            executable.write(wanted, MemorySegment.ofArray(oneHot));
            executable.run();
            executable.read(features, MemorySegment.ofArray(activations));
            executable.read(gradient, MemorySegment.ofArray(gradients));
        }
        List<float[][]> maps = new ArrayList<>();
        for (int picture = 0; picture < batch.size(); picture++) {
            maps.add(map(activations, gradients, features.shape(), picture));
        }
        return maps;
    }

    private static boolean isPicture(Value value) {
        return value.shape().rank() == 4
                && value.shape().dim(2) > 1
                && value.shape().dim(3) > 1;
    }

    private static float[][] map(float[] activations, float[] gradients, Shape shape, int picture) {
        int height = shape.dim(2);
        int width = shape.dim(3);
        int plane = height * width;
        float[][] map = new float[height][width];
        for (int channel = 0; channel < shape.dim(1); channel++) {
            int from = (picture * shape.dim(1) + channel) * plane;
            float weight = 0;
            for (int i = 0; i < plane; i++) {
                weight += gradients[from + i] / plane;
            }
            for (int i = 0; i < plane; i++) {
                map[i / width][i % width] += weight * activations[from + i];
            }
        }
        float most = 0;
        for (float[] row : map) {
            for (float value : row) {
                most = Math.max(most, value);
            }
        }
        for (float[] row : map) {
            for (int x = 0; x < width; x++) {
                row[x] = most == 0 ? 0 : Math.max(0, row[x]) / most;
            }
        }
        return map;
    }
}
