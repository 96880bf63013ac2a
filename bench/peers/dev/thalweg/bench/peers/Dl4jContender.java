package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Part;
import dev.thalweg.bench.TrainingContender;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Deeplearning4j. */
final class Dl4jContender implements TrainingContender {
    private final ComputationGraph network;
    private final DataSet data;
    private final GraphBuilder builder = new NeuralNetConfiguration.Builder()
            .updater(new Nesterovs(0.001, 0.9))
            .graphBuilder()
            .addInputs("pictures");
    private int layers;

    Dl4jContender(BenchNetwork which, int batch, int threads) {
        // Nd4j reads the number of threads from the environment, which the program that starts this one sets.
        builder.setInputTypes(InputType.convolutional(which.pixels(), which.pixels(), 3));
        add(which.parts(), "pictures");
        builder.setOutputs("output");
        network = new ComputationGraph(builder.build());
        network.init();
        INDArray pictures =
                Nd4j.rand(batch, 3, which.pixels(), which.pixels()).subi(0.5).muli(2);
        INDArray labels = Nd4j.zeros(batch, which.classes());
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i % which.classes(), 1);
        }
        data = new DataSet(pictures, labels);
    }

    private String add(List<Part> parts, String from) {
        String last = from;
        for (Part part : parts) {
            last = switch (part) {
                case Part.Convolution p ->
                    layer(
                            new ConvolutionLayer.Builder(p.kernel(), p.kernel())
                                    .stride(p.stride(), p.stride())
                                    .padding(p.padding(), p.padding())
                                    .nOut(p.filters())
                                    .hasBias(p.bias())
                                    .activation(Activation.IDENTITY)
                                    .build(),
                            last);
                case Part.Normalization p -> layer(new BatchNormalization.Builder().build(), last);
                case Part.DepthwiseConvolution p ->
                    layer(
                            new DepthwiseConvolution2D.Builder(p.kernel(), p.kernel())
                                    .stride(p.stride(), p.stride())
                                    .padding(p.padding(), p.padding())
                                    .depthMultiplier(1)
                                    .hasBias(false)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                            last);
                case Part.Relu p -> layer(new ActivationLayer(Activation.RELU), last);
                case Part.Relu6 p -> layer(new ActivationLayer(Activation.RELU6), last);
                case Part.Gelu p -> layer(new ActivationLayer(Activation.GELU), last);
                case Part.MaxPooling p ->
                    layer(
                            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                                    .kernelSize(p.kernel(), p.kernel())
                                    .stride(p.stride(), p.stride())
                                    .padding(p.padding(), p.padding())
                                    .build(),
                            last);
                case Part.GlobalAverage p -> layer(new GlobalPoolingLayer(PoolingType.AVG), last);
                // Its configuration flattens by itself before a dense layer.
                case Part.Flatten p -> last;
                case Part.Dense p -> {
                    builder.addLayer(
                            "output",
                            new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                    .nOut(p.units())
                                    .activation(Activation.SOFTMAX)
                                    .build(),
                            last);
                    yield "output";
                }
                case Part.Residual p -> {
                    String name = "sum" + layers++;
                    builder.addVertex(
                            name,
                            new ElementWiseVertex(ElementWiseVertex.Op.Add),
                            add(p.body(), last),
                            add(p.shortcut(), last));
                    yield name;
                }
                case Part.Patches p -> throw unsupported();
                case Part.LayerNormalization p -> throw unsupported();
                case Part.Attention p -> throw unsupported();
                case Part.FirstToken p -> throw unsupported();
            };
        }
        return last;
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("Deeplearning4j has no layer that normalizes tokens");
    }

    private String layer(Layer layer, String from) {
        String name = "layer" + layers++;
        builder.addLayer(name, layer, from);
        return name;
    }

    @Override
    public float train() {
        network.fit(data);
        return (float) network.score();
    }

    @Override
    public long parameters() {
        return network.paramTable().entrySet().stream()
                .filter(e -> !e.getKey().endsWith("_mean") && !e.getKey().endsWith("_var"))
                .mapToLong(e -> e.getValue().length())
                .sum();
    }

    @Override
    public void infer() {
        network.outputSingle(data.getFeatures()).getFloat(0);
    }

    @Override
    public void close() {
        network.clear();
    }
}
