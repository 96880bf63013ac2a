package dev.thalweg.serve.protocol;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a model answers.
 *
 * @param model its name
 * @param version of it
 * @param id of the request, if it had one
 * @param outputs that were wanted
 */
public record InferResponse(String model, String version, Optional<String> id, List<OutputTensor> outputs) {
    /** Copies the outputs. */
    public InferResponse {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(id, "id");
        outputs = List.copyOf(outputs);
    }
}
