package dev.thalweg.loss;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.TargetKind;
import java.util.Optional;

/**
 * {@link CategoricalCrossentropy} for targets given as class numbers. The batches of a data set carry its labels as
 * one-hot rows already, so both compute the same.
 *
 * @param fromLogits whether predictions are logits, not probabilities
 */
public record SparseCategoricalCrossentropy(boolean fromLogits) implements Loss {
    /** Cross-entropy of probabilities. */
    public SparseCategoricalCrossentropy() {
        this(false);
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        return new CategoricalCrossentropy(fromLogits).of(builder, predictions, targets);
    }

    @Override
    public boolean scalesWithTargets() {
        return true;
    }

    @Override
    public Optional<String> check(Outputs outputs) {
        return new CategoricalCrossentropy(fromLogits).check(outputs);
    }

    @Override
    public Optional<String> check(TargetKind targets) {
        return new CategoricalCrossentropy(fromLogits).check(targets);
    }
}
