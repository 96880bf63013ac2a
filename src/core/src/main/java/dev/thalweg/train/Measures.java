package dev.thalweg.train;

import dev.thalweg.data.Batch;
import dev.thalweg.data.Targets;
import dev.thalweg.engine.DataPorts;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.loss.Outputs;
import dev.thalweg.metric.MeanMetric;
import dev.thalweg.metric.Metric;
import dev.thalweg.metric.OutputMetric;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What is measured of the outputs of a network. Of a single output a metric goes by its own name; of several it begins
 * with the output's, as Keras has it, and so do their losses.
 *
 * @param outputs their names in order
 * @param usual what is measured where nothing was asked for, one of each output
 */
record Measures(List<String> outputs, List<MeanMetric> usual) {
    /** The name of the loss of all outputs. */
    static final String TOTAL = "loss";

    private static final String LOSS = "_loss";

    /**
     * A metric at work.
     *
     * @param metric which
     * @param output of which output, counted from 0
     */
    record Measured(Metric metric, int output) {}

    static Measures of(Map<String, Targets> targets, Map<String, Outputs> yielded) {
        List<MeanMetric> usual = new ArrayList<>();
        targets.forEach((output, wanted) ->
                usual.add(MeanMetric.usual(wanted.kind(), yielded.get(output) == Outputs.LOGITS ? 0 : 0.5)));
        return new Measures(List.copyOf(targets.keySet()), usual);
    }

    private boolean several() {
        return outputs.size() > 1;
    }

    /** The metrics' names in order, the losses of several outputs first. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        if (several()) {
            outputs.forEach(output -> names.add(output + LOSS));
        }
        for (int i = 0; i < outputs.size(); i++) {
            names.add(usual(i).name());
        }
        return names;
    }

    private Metric usual(int output) {
        return several() ? new OutputMetric(outputs.get(output), usual.get(output)) : usual.get(output);
    }

    /** Sums over the pictures that count of a batch that an executable has just computed, by name. */
    Map<String, Double> sums(NetworkExecutable executable, Batch batch) {
        Map<String, Double> sums = losses(executable, batch);
        for (int i = 0; i < outputs.size(); i++) {
            sums.put(usual(i).name(), executable.sum(i, batch, usual.get(i)));
        }
        return sums;
    }

    /** The losses of several outputs, summed over the pictures of a batch that count here. */
    Map<String, Double> losses(NetworkExecutable executable, Batch batch) {
        Map<String, Double> sums = new LinkedHashMap<>();
        if (several()) {
            for (int i = 0; i < outputs.size(); i++) {
                sums.put(
                        outputs.get(i) + LOSS,
                        (double) executable.loss(i) * batch.part().size());
            }
        }
        return sums;
    }

    /**
     * The usual metrics and others, each at the output that it measures, reset.
     *
     * @throws IllegalArgumentException if one does not measure such targets, or does not say which output it measures
     */
    List<Measured> begin(List<Metric> others, Map<String, Targets> targets) {
        List<Measured> all = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            all.add(new Measured(usual(i), i));
        }
        others.forEach(metric -> all.add(new Measured(metric, outputOf(metric))));
        checkNames(all);
        for (Measured one : all) {
            Targets wanted = Objects.requireNonNull(targets.get(outputs.get(one.output())), "targets");
            one.metric().check(wanted.kind(), wanted.outputs());
        }
        all.forEach(one -> one.metric().reset());
        return all;
    }

    /** What is measured anyway may be asked for, and is the same; others have names of their own. */
    private void checkNames(List<Measured> all) {
        Set<String> names = new HashSet<>(names());
        names.add(TOTAL);
        for (Measured one : all.subList(outputs.size(), all.size())) {
            boolean asMeasured = all.subList(0, outputs.size()).stream()
                    .anyMatch(usual -> usual.output() == one.output() && isSame(usual.metric(), one.metric()));
            if (!asMeasured && !names.add(one.metric().name())) {
                throw new IllegalArgumentException(
                        "the metric " + one.metric().getClass().getName() + " is named \""
                                + one.metric().name() + "\" as another one is, expected another name than " + names);
            }
        }
    }

    private static boolean isSame(Metric usual, Metric other) {
        return usual instanceof OutputMetric one && other instanceof OutputMetric another
                ? one.metric().getClass() == another.metric().getClass()
                : usual.getClass() == other.getClass();
    }

    private int outputOf(Metric metric) {
        if (metric instanceof OutputMetric one) {
            int output = outputs.indexOf(one.output());
            if (output < 0) {
                throw new IllegalArgumentException("the metric " + metric.name() + " is of the output \"" + one.output()
                        + "\", expected one of " + outputs);
            }
            return output;
        }
        if (several()) {
            throw new IllegalArgumentException(
                    "the network has the outputs " + outputs + ", expected a metric of one of"
                            + " them, new OutputMetric(\"" + outputs.getFirst() + "\", ...), got " + metric.name());
        }
        return 0;
    }

    /** Shows metrics what the executables of all replicas have just said of a batch. */
    void update(List<Measured> metrics, NetworkExecutable executable, Batch batch, Replicas replicas) {
        for (int output = 0; output < outputs.size(); output++) {
            String name = outputs.get(output);
            List<float[]> rows = replicas.rows(executable.outputs(output), batch.part());
            List<float[]> targets = replicas.rows(
                    IntStream.range(0, batch.size())
                            .mapToObj(i -> DataPorts.target(batch, name, i))
                            .toList(),
                    batch.part());
            for (int i = 0; i < rows.size(); i++) {
                for (Measured one : metrics) {
                    if (one.output() == output) {
                        // Copies for each, so that one that sorts its numbers does not show the next one others.
                        one.metric().update(rows.get(i).clone(), targets.get(i).clone());
                    }
                }
            }
        }
    }
}
