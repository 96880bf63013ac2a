package dev.thalweg.saving;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.Loss;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.StableName;
import java.util.Objects;
import java.util.Optional;

/**
 * The loss of a saved model that is not known here. The model predicts; whatever needs the loss says so.
 *
 * @param name in the model's file
 */
record UnknownLoss(String name) implements Loss {
    /** Checks that there is a name. */
    UnknownLoss {
        Objects.requireNonNull(name, "name");
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        throw unknown();
    }

    @Override
    public Optional<String> check(TargetKind targets) {
        throw unknown();
    }

    private IllegalStateException unknown() {
        if (StableName.isMissing(name)) {
            return new IllegalStateException("the model was trained with a loss that is " + StableName.NAMELESS
                    + ", which no file can know: compile with it or another one first; Loss.of(name, formula) and"
                    + " Registry.register give the next one a name");
        }
        return new IllegalStateException("the model was trained with the loss \"" + name
                + "\", which is not known here: register it, Registry.register(Loss.class, \"" + name
                + "\", ...), before the model is loaded, or compile with it or another one first");
    }
}
