package dev.thalweg.interop.onnx.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.thalweg.interop.onnx.OnnxNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What layers are called, by names as PyTorch's exporters, this library's and TensorFlow's write them. */
class LayerNamesTest {
    private static Step node(String name, String operator, String... inputs) {
        return new Step(0, new OnnxNode(name, "", operator, List.of(inputs), List.of("y"), Map.of()), List.of(inputs));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "layer1.0.conv1.weight, Conv_5, layer1_0_conv1",
                "layer1.0.bn1.weight layer1.0.bn1.bias layer1.0.bn1.running_mean, Bn_5, layer1_0_bn1",
                "encoder.ln_1.attention.in_proj_weight encoder.ln_1.attention.out_proj.bias, Add,"
                        + " encoder_ln_1_attention",
                "onnx::MatMul_17 mlp.3.bias, Gemm_1, mlp_3",
                "onnx::Conv_193 onnx::Conv_194, /layer1/layer1.0/conv1/Conv, layer1_0_conv1",
                "onnx::Conv_193, /features/features.0/features.0.0/Conv, features_0_0",
                "onnx::Conv_193, /layer2/layer2.0/downsample/downsample.0/Conv_1, layer2_0_downsample_0",
                "onnx::Conv_193, Conv_7, none",
                "stage1/conv2d.kernel stage1/conv2d.bias, stage1/conv2d/Conv, stage1_conv2d",
                "model/dense/MatMul/ReadVariableOp:0, model/dense/MatMul, none",
                "weight bias, Conv, none",
                "a.weight b.weight, Einsum, none",
                "0.weight, Conv, 0"
            })
    void weightsAreOfTheirModule(String origins, String node, String name) {
        List<String> weights = List.of(origins.split(" "));
        assertEquals(
                name, new LayerNames().ofWeights(weights, List.of(node(node, "Conv", weights.toArray(String[]::new)))));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "/layer1/layer1.0/relu/Relu, Relu, layer1_0_relu",
                "/layer1/layer1.0/relu_1/Relu, Relu, layer1_0_relu_1",
                "/layer1/layer1.0/Add, Add, layer1_0_add",
                "/avgpool/GlobalAveragePool, GlobalAveragePool, avgpool_globalaveragepool",
                "/Flatten, Flatten, none",
                "Relu_4, Relu, none",
                "conv2d/Relu, Relu, none"
            })
    void nodesAreOfTheirModule(String node, String operator, String name) {
        assertEquals(name, new LayerNames().ofNode(node(node, operator)));
    }

    @Test
    void nameIsGivenOnceAndFitsALayer() {
        LayerNames names = new LayerNames();
        Step add = node("/layer1/Add", "Add");
        assertEquals("layer1_add", names.ofNode(add));
        assertEquals("layer1_add_1", names.ofNode(add));
        assertNull(names.ofWeights(List.of("a".repeat(300) + ".weight"), List.of()));
    }
}
