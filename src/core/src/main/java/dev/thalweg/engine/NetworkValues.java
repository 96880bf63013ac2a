package dev.thalweg.engine;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.model.Port;
import dev.thalweg.text.Returned;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What of the graph of a network is written and read, in the order of its inputs and outputs.
 *
 * @param inputs what flows in
 * @param predictions what comes out
 * @param targets what should come out; empty where only predictions are wanted
 * @param losses of each output; empty where only predictions are wanted
 * @param total their weighted sum; empty where only predictions are wanted
 */
record NetworkValues(
        List<Value> inputs, List<Value> predictions, List<Value> targets, List<Value> losses, Optional<Value> total) {
    /** Predictions alone. */
    static NetworkValues predicting(NetworkGraph graph) {
        return new NetworkValues(graph.inputs(), graph.predictions(false), List.of(), List.of(), Optional.empty());
    }

    /** Adds the losses of the outputs, and their sum. */
    static NetworkValues withLosses(NetworkGraph graph, ModelDescription description, boolean training) {
        GraphBuilder builder = graph.builder();
        List<Value> predictions = graph.predictions(training);
        List<Value> targets = new ArrayList<>();
        List<Value> losses = new ArrayList<>();
        List<Value> weighted = new ArrayList<>();
        List<Port> outputs = description.network().outputs();
        for (int i = 0; i < outputs.size(); i++) {
            Value prediction = predictions.get(i);
            OutputLoss one = lossOf(description, outputs.get(i).name());
            targets.add(builder.input("targets of " + outputs.get(i).name(), prediction.shape()));
            losses.add(Returned.by(one.loss(), "of", one.loss().of(builder, prediction, targets.getLast())));
            weighted.add(
                    one.weight() == 1 ? losses.getLast() : builder.linear(losses.getLast(), (float) one.weight(), 0));
        }
        return new NetworkValues(
                graph.inputs(), predictions, targets, losses, weighted.stream().reduce(builder::add));
    }

    private static OutputLoss lossOf(ModelDescription description, String output) {
        return Objects.requireNonNull(description.losses().get(output), output);
    }

    /** What can be read after a run. */
    Set<Value> read() {
        Set<Value> all = new LinkedHashSet<>(predictions);
        all.addAll(losses);
        total.ifPresent(all::add);
        return all;
    }
}
