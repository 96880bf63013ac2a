package dev.thalweg.loss;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.text.StableName;
import java.util.Objects;

/**
 * A user's formula without a name, the same as itself alone: models that are saved with it do not know their loss.
 *
 * @param formula adds it to a graph
 */
record FormulaLoss(Formula formula) implements Loss {
    FormulaLoss {
        Objects.requireNonNull(formula, "formula");
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        return NamedLoss.checked("the loss of a formula", formula.of(builder, predictions, targets));
    }

    @Override
    public String name() {
        return StableName.NAMELESS;
    }

    @Override
    public String toString() {
        return StableName.NAMELESS;
    }
}
