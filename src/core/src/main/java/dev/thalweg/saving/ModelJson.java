package dev.thalweg.saving;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.graph.Quantization;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a model. Of several outputs each has an entry among the heads; what is told of a single one stands by
 * itself, as it did before there were several. Version 2 has one input, whose shape alone is told, and one output, of
 * the last call: it is read still. That a normalization is assumed stands there only where it is.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ModelJson(
        int version,
        @Nullable List<Integer> input,
        List<Input> inputs,
        List<LayerCall> calls,
        List<Integer> outputs,
        Normalization normalization,
        @Nullable Boolean normalizationAssumed,
        @Nullable List<String> outputNames,
        @Nullable TargetKind targets,
        @Nullable JsonNode loss,
        @Nullable List<Output> heads,
        @Nullable Map<String, Quantization> quantized,
        @Nullable TestTimeAugmentation testTimeAugmentation,
        Provenance provenance) {
    /** The one input of a network without names, up to version 2. */
    private static final String PICTURES = "pictures";

    /** A network's input. */
    record Input(String name, List<Integer> shape) {
        static Input of(Port port) {
            return new Input(
                    port.name(), Arrays.stream(port.shape().toArray()).boxed().toList());
        }

        Port port() {
            return new Port(
                    name, Shape.of(shape.stream().mapToInt(Integer::intValue).toArray()));
        }
    }

    /** What is told of one of several outputs. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Output(
            String name,
            TargetKind targets,
            List<String> outputNames,
            @Nullable JsonNode loss,
            @Nullable Double weight) {
        Output {
            if (name == null || targets == null || outputNames == null) {
                throw new IllegalArgumentException(
                        "an output has a name, targets and their names, got null for one of them");
            }
        }

        boolean isWeighed() {
            return weight != null && weight != 1;
        }
    }

    Network network() {
        if (version == ModelText.SINGLE_VERSION) {
            return new Network(
                    new Input(PICTURES, Objects.requireNonNull(input, "input"))
                            .port()
                            .shape(),
                    calls);
        }
        return new Network(inputs.stream().map(Input::port).toList(), calls, outputs);
    }

    /** What is told of each output. Older files name classes, or nothing. */
    List<Output> outputsOf(Network network) {
        if (heads != null) {
            if (heads.contains(null)) {
                throw new IllegalArgumentException("an output is described as null");
            }
            return heads;
        }
        if (network.outputs().size() > 1) {
            return List.of();
        }
        return List.of(new Output(
                network.outputs().getFirst().name(),
                targets == null ? TargetKind.CLASSES : targets,
                outputNames == null ? List.of() : outputNames,
                loss,
                null));
    }

    boolean lacksSomething() {
        boolean ports = version == ModelText.SINGLE_VERSION ? input != null : inputs != null && outputs != null;
        return !ports || calls == null || normalization == null;
    }
}
