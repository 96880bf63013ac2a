package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Contender;
import dev.thalweg.bench.OnnxRuntimeContender;
import dev.thalweg.bench.ThalwegContender;
import dev.thalweg.tensor.DataType;

/** All that are compared, by name. */
final class Contenders {
    private Contenders() {}

    static Contender open(String name, BenchNetwork network, int batch, int threads, boolean training) {
        return switch (name) {
            case "thalweg-f32" -> new ThalwegContender("onednn", DataType.FLOAT32, network, batch, threads, training);
            case "thalweg-bf16" -> new ThalwegContender("onednn", DataType.BFLOAT16, network, batch, threads, training);
            case "thalweg-java" -> new ThalwegContender("java", DataType.FLOAT32, network, batch, threads, training);
            case "djl-pytorch" -> new DjlContender(network, batch, threads);
            case "tensorflow" -> new TensorFlowContender(network, batch, threads, training);
            case "dl4j" -> new Dl4jContender(network, batch, threads);
            case "onnxruntime" ->
                new OnnxRuntimeContender(OnnxWriter.write(network, batch), network.pixels(), batch, threads);
            default -> throw new IllegalArgumentException("there is no contender " + name);
        };
    }
}
