package dev.thalweg.serve.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What somebody asks a model.
 *
 * @param id that the answer repeats
 * @param inputs at least one
 * @param outputs that are wanted; all if none is named
 * @param binaryOutputs whether outputs are sent as bytes where it is not said of one
 * @param timeout after which nobody waits for the answer, if that is said (Triton's parameter)
 */
public record InferRequest(
        Optional<String> id,
        List<InputTensor> inputs,
        List<WantedOutput> outputs,
        boolean binaryOutputs,
        Optional<Duration> timeout) {
    /** Copies the lists. */
    public InferRequest {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(timeout, "timeout");
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * An output that is wanted.
     *
     * @param name of it
     * @param binary whether it is sent as bytes, if that is said
     */
    public record WantedOutput(String name, Optional<Boolean> binary) {
        /** Refuses null. */
        public WantedOutput {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(binary, "binary");
        }
    }

    /**
     * {@return whether an output is sent as bytes; none if it is not wanted}
     *
     * @param output its name
     */
    public Optional<Boolean> wants(String output) {
        if (outputs.isEmpty()) {
            return Optional.of(binaryOutputs);
        }
        return outputs.stream()
                .filter(wanted -> wanted.name().equals(output))
                .findFirst()
                .map(wanted -> wanted.binary().orElse(binaryOutputs));
    }
}
