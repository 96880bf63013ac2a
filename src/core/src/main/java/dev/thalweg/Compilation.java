package dev.thalweg;

import dev.thalweg.engine.ModelDescription;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.tensor.Precision;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a model is trained: what a saved model does not hold, so that another process can train the same model as well.
 *
 * @param optimizer how its parameters move
 * @param losses what they make small, by output
 * @param frozen names of the parameters that stay as they are
 * @param precision of activations
 * @param gradientCheckpointing whether parts of the forward pass are computed twice to hold less memory
 */
public record Compilation(
        Optimizer optimizer,
        Map<String, OutputLoss> losses,
        List<String> frozen,
        Precision precision,
        boolean gradientCheckpointing) {
    /** Copies the collections. */
    public Compilation {
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(precision, "precision");
        losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
        frozen = List.copyOf(frozen);
    }

    static Compilation of(ModelDescription description) {
        return new Compilation(
                description.descent(),
                description.losses(),
                description.frozenNames(),
                precision(description),
                description.computation().gradientCheckpointing());
    }

    /** Also of a model that was not compiled. */
    static Precision precision(ModelDescription description) {
        return Arrays.stream(Precision.values())
                .filter(p -> p.dataType() == description.computation().precision())
                .findFirst()
                .orElseThrow();
    }

    ModelDescription applied(ModelDescription description) {
        return description
                .freeze(frozen.stream().map(Pattern::quote).collect(Collectors.joining("|")))
                .with(description.computation().precision(precision).gradientCheckpointing(gradientCheckpointing))
                .withLosses(losses);
    }
}
