package dev.thalweg.loss;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.io.Registry;
import dev.thalweg.tensor.ShapeException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A user's formula, known by its name.
 *
 * @param name like {@code owner.Name}, as {@link Registry} wants it
 * @param formula adds it to a graph
 */
record NamedLoss(String name, Formula formula) implements Loss {
    /** Checks the name: a model that is saved with it must be able to say which loss it was. */
    NamedLoss {
        Objects.requireNonNull(formula, "formula");
        Registry.checkName(name);
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        Value loss = formula.of(builder, predictions, targets);
        return checked("the loss \"" + name + "\"", loss);
    }

    /** What a user's formula has come to. */
    static Value checked(String what, @Nullable Value loss) {
        if (loss == null) {
            throw new IllegalStateException(what + ": its method of returned null, expected one number");
        }
        if (loss.shape().elements() != 1) {
            throw new ShapeException(what + " expected to yield one number, got " + loss
                    + ": end it with a mean, g.reduce(Reduction.Kind.MEAN, ...)");
        }
        return loss;
    }

    /** Formulas cannot be compared: what has the same name is the same loss. */
    @Override
    public boolean equals(Object other) {
        return other instanceof NamedLoss named && named.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
