package dev.thalweg.saving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.thalweg.format.StrictJson;
import dev.thalweg.io.BadFileException;
import dev.thalweg.io.Registry;
import dev.thalweg.loss.Loss;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The loss in a model's JSON. It is there for going on with a training and for evaluating: a model whose loss is not
 * known here is read with one that says so, and predicts.
 */
final class LossJson {
    private static final String TYPE = "type";

    private LossJson() {}

    static @Nullable JsonNode write(JsonMapper json, @Nullable Loss loss) {
        if (loss == null) {
            return null;
        }
        Optional<String> name = TypeNames.of(Loss.class, loss);
        boolean isRecord = name.flatMap(n -> TypeNames.type(Loss.class, n)).isPresent();
        if (isRecord) {
            return json.valueToTree(loss);
        }
        ObjectNode named = json.createObjectNode();
        // A loss without a registered name is written for people alone.
        return named.put(TYPE, name.orElseGet(loss::name));
    }

    static @Nullable Loss read(Path file, JsonMapper json, @Nullable JsonNode loss) throws BadFileException {
        if (loss == null || loss.isNull()) {
            return null;
        }
        if (!loss.path(TYPE).isTextual()) {
            throw new BadFileException(file, "its loss has no type, got " + loss);
        }
        String name = loss.path(TYPE).textValue();
        Optional<Loss> registered = Registry.instance(Loss.class, name);
        if (registered.isPresent() || TypeNames.type(Loss.class, name).isEmpty()) {
            return registered.orElseGet(() -> new UnknownLoss(name));
        }
        return StrictJson.read(file, "its loss", json, loss.toString(), Loss.class);
    }
}
