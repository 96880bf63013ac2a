package dev.thalweg.interop.onnx.writing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.interop.Onnx;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxParser;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.DropPath;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is written, read and written again is the same graph but for names: operators, settings, wiring, numbers. */
public class RoundTripTest {
    @TempDir
    private Path directory;

    /** What comes back as other operators that compute the same. */
    private static final Set<String> OTHERS = Set.of(
            "operation-HARD_SWISH",
            "operation-padded-average",
            "operation-dilated-maximum",
            "operation-greatest",
            "operation-rounded",
            "operation-learnt-tokens-for-each");

    @TestFactory
    Stream<DynamicTest> graphsComeBack() {
        return WrittenCases.all().entrySet().stream()
                .filter(each -> !OTHERS.contains(each.getKey()))
                .filter(each -> each.getValue().calls().stream()
                        .map(LayerCall::layer)
                        // What does nothing leaves no node, of which no network is made.
                        .noneMatch(layer -> layer instanceof Dropout
                                || layer instanceof DropPath
                                || layer.equals(new ActivationLayer(Activation.LINEAR))))
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> comesBack(each.getValue())));
    }

    private void comesBack(Network network) throws IOException {
        Path first = directory.resolve("first.onnx");
        Path second = directory.resolve("second.onnx");
        try (Model model = Model.of(network)) {
            Onnx.write(model, first);
        }
        try (Model read = Onnx.read(first)) {
            Onnx.write(read, second);
        }
        OnnxGraph written = OnnxParser.read(first).graph();
        OnnxGraph again = OnnxParser.read(second).graph();
        assertEquals(described(written), described(again));
    }

    /**
     * {@return the nodes in their order, each value by the number of the node that yields it, initializers by their
     * content}
     */
    public static List<String> described(OnnxGraph graph) {
        Map<String, String> values = new HashMap<>();
        values.put("", "none");
        for (int i = 0; i < graph.inputs().size(); i++) {
            values.put(
                    graph.inputs().get(i).name(),
                    "input " + i + graph.inputs().get(i).dims());
        }
        graph.initializers().forEach((name, tensor) -> values.put(name, described(tensor)));
        List<String> lines = new ArrayList<>();
        for (OnnxNode node : graph.nodes()) {
            lines.add(node.opType() + " " + new TreeMap<>(node.attributes()) + " "
                    + node.inputs().stream().map(values::get).toList());
            values.put(node.outputs().getFirst(), "node " + lines.size());
        }
        graph.outputs().forEach(output -> lines.add("output " + values.get(output.name()) + output.dims()));
        return lines;
    }

    private static String described(OnnxTensor tensor) {
        return tensor.type() + " " + tensor.dims() + " " + tensor.data().hashCode();
    }
}
