package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Contender;
import dev.thalweg.bench.OnnxRuntimeContender;
import dev.thalweg.bench.ThalwegContender;
import dev.thalweg.bench.TrainingContender;
import dev.thalweg.tensor.DataType;
import java.util.List;

/** All that are compared, by name. */
final class Contenders {
    /** Those that train. */
    static final List<String> TRAINERS = List.of(
            "thalweg-f32",
            "thalweg-bf16",
            "thalweg-java",
            "tensorflow",
            "tensorflow-bf16",
            "pytorch",
            "pytorch-bf16",
            "djl-pytorch",
            "dl4j");

    /** Those that infer. */
    static final List<String> INFERRERS = List.of(
            "thalweg-f32",
            "thalweg-bf16",
            "tensorflow",
            "tensorflow-bf16",
            "pytorch",
            "pytorch-bf16",
            "djl-pytorch",
            "dl4j",
            "onnxruntime");

    private Contenders() {}

    /** Those that have all layers of a network; Deeplearning4j takes seconds for one picture of ResNet-50. */
    static List<String> able(BenchNetwork network, boolean training) {
        List<String> unable = switch (network) {
            case CNN, VGG, RESNET18 -> List.of();
            case RESNET50, MOBILENETV2 -> List.of("dl4j");
            case VIT_TINY -> List.of("djl-pytorch", "dl4j");
        };
        return (training ? TRAINERS : INFERRERS)
                .stream().filter(contender -> !unable.contains(contender)).toList();
    }

    static Contender open(String name, BenchNetwork network, int batch, int threads, boolean training) {
        return name.equals("onnxruntime")
                ? new OnnxRuntimeContender(OnnxWriter.write(network, batch), network.pixels(), batch, threads)
                : trainer(name, network, batch, threads, training);
    }

    static TrainingContender trainer(String name, BenchNetwork network, int batch, int threads, boolean training) {
        return switch (name) {
            case "thalweg-f32" -> new ThalwegContender("onednn", DataType.FLOAT32, network, batch, threads, training);
            case "thalweg-bf16" -> new ThalwegContender("onednn", DataType.BFLOAT16, network, batch, threads, training);
            case "thalweg-java" -> new ThalwegContender("java", DataType.FLOAT32, network, batch, threads, training);
            case "tensorflow" -> new TensorFlowContender(false, network, batch, threads, training);
            case "tensorflow-bf16" -> new TensorFlowContender(true, network, batch, threads, training);
            case "pytorch" -> new PyTorchContender(false, network, batch, threads, training);
            case "pytorch-bf16" -> new PyTorchContender(true, network, batch, threads, training);
            case "djl-pytorch" -> new DjlContender(network, batch, threads);
            case "dl4j" -> new Dl4jContender(network, batch, threads);
            default -> throw new IllegalArgumentException("there is no contender " + name);
        };
    }
}
