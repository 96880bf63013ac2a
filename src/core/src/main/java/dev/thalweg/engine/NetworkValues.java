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
 * @param losses of each output, over the whole batch; empty where only predictions are wanted
 * @param total their weighted sum; empty where only predictions are wanted
 * @param ownTotal what the pictures of this replica have in it, which is to be differentiated; the same where there is
 *     no other replica
 */
record NetworkValues(
        List<Value> inputs,
        List<Value> predictions,
        List<Value> targets,
        List<Value> losses,
        Optional<Value> total,
        Optional<Value> ownTotal) {
    /** Predictions alone. */
    static NetworkValues predicting(NetworkGraph graph) {
        return new NetworkValues(
                graph.inputs(), graph.predictions(false), List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    /** Adds the losses of the outputs, and their sum. */
    static NetworkValues withLosses(NetworkGraph graph, ModelDescription description, boolean training) {
        GraphBuilder builder = graph.builder();
        List<Value> predictions = graph.predictions(training);
        List<Value> targets = new ArrayList<>();
        List<Value> own = new ArrayList<>();
        List<Value> weighted = new ArrayList<>();
        List<Port> outputs = description.network().outputs();
        for (int i = 0; i < outputs.size(); i++) {
            Value prediction = predictions.get(i);
            OutputLoss one = lossOf(description, outputs.get(i).name());
            targets.add(builder.input("targets of " + outputs.get(i).name(), prediction.shape()));
            Value loss =
                    graph.summand(Returned.by(one.loss(), "of", one.loss().of(builder, prediction, targets.getLast())));
            own.add(loss);
            weighted.add(one.weight() == 1 ? loss : builder.linear(loss, (float) one.weight(), 0));
        }
        Optional<Value> ownTotal = weighted.stream().reduce(builder::add);
        return new NetworkValues(
                graph.inputs(),
                predictions,
                targets,
                own.stream().map(graph::sum).toList(),
                ownTotal.map(graph::sum),
                ownTotal);
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
