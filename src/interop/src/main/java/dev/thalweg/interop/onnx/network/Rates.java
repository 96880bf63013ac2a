package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.lowering.Operand;
import java.util.List;
import java.util.Optional;

/** What share a node of dropout switches off. */
final class Rates {
    private static final float USUAL = 0.5f;

    private Rates() {}

    static double of(OnnxNode node, List<Optional<Operand>> operands) {
        float rate = USUAL;
        if (node.attributes().get("ratio") instanceof OnnxAttribute.Real(float value)) {
            rate = value;
        } else if (operands.size() > 1
                && operands.get(1).orElse(null) instanceof Operand.Known known
                && known.tensor().elements() == 1) {
            rate = known.tensor().floats()[0];
        }
        return Double.parseDouble(Float.toString(rate));
    }
}
