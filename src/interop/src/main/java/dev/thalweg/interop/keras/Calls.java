package dev.thalweg.interop.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.interop.keras.LayerConfig.Tensor;
import dev.thalweg.io.BadFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What flows into the calls of a layer. Keras 2 lists {@code [layer, call, result, {arguments}]} for each tensor,
 * Keras 3 has the arguments of a call as they are, where a tensor says what it is the result of.
 */
final class Calls {
    /** Arguments that change nothing but in training, or that masks are passed by. */
    private static final Set<String> IGNORED = Set.of("mask", "training");

    private static final int TENSOR_LENGTH = 3;

    private Calls() {}

    static List<List<Tensor>> read(Settings layer, JsonNode nodes) throws BadFileException {
        List<List<Tensor>> calls = new ArrayList<>();
        for (JsonNode node : nodes) {
            List<Tensor> tensors = new ArrayList<>();
            if (node.isObject()) {
                for (JsonNode argument : node.path("args")) {
                    argument(layer, "its input", argument, tensors);
                }
                arguments(layer, node.path("kwargs"), tensors);
            } else if (isTensor(node)) {
                older(layer, node, tensors);
            } else {
                for (JsonNode tensor : node) {
                    older(layer, tensor, tensors);
                }
            }
            if (tensors.isEmpty()) {
                throw layer.problem("is called on nothing");
            }
            calls.add(tensors);
        }
        return calls;
    }

    private static void older(Settings layer, JsonNode tensor, List<Tensor> tensors) throws BadFileException {
        if (!isTensor(tensor)) {
            throw layer.problem("is called on " + tensor + ", expected results of layers");
        }
        tensors.add(tensor(tensor));
        arguments(layer, tensor.path(TENSOR_LENGTH), tensors);
    }

    private static void arguments(Settings layer, JsonNode arguments, List<Tensor> tensors) throws BadFileException {
        for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
            if (!IGNORED.contains(argument.getKey()) || argument.getValue().asBoolean()) {
                argument(layer, argument.getKey(), argument.getValue(), tensors);
            }
        }
    }

    private static void argument(Settings layer, String name, JsonNode value, List<Tensor> tensors)
            throws BadFileException {
        if (isTensor(value)) {
            tensors.add(tensor(value));
        } else if (value.path("class_name").asText().equals("__keras_tensor__")) {
            argument(layer, name, value.path("config").path("keras_history"), tensors);
        } else if (value.isArray()) {
            for (JsonNode each : value) {
                argument(layer, name, each, tensors);
            }
        } else if (!value.isNull() && !(value.isBoolean() && !value.asBoolean())) {
            throw layer.problem("is called with " + name + " = " + value + ", which is not read");
        }
    }

    /** {@return the tensors in a list of them, or the only one; in the order of their keys where they have some} */
    static List<Tensor> tensors(JsonNode list) {
        if (isTensor(list)) {
            return List.of(tensor(list));
        }
        List<Tensor> tensors = new ArrayList<>();
        list.forEach(each -> tensors.addAll(tensors(each)));
        return tensors;
    }

    private static boolean isTensor(JsonNode node) {
        return node.isArray()
                && node.size() >= TENSOR_LENGTH
                && node.get(0).isTextual()
                && node.get(1).isIntegralNumber()
                && node.get(2).isIntegralNumber();
    }

    private static Tensor tensor(JsonNode node) {
        return new Tensor(
                node.get(0).textValue(), node.get(1).intValue(), node.get(2).intValue());
    }
}
