package dev.thalweg.bench.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Part;
import dev.thalweg.bench.TrainingContender;
import dev.thalweg.memory.Scope;
import java.util.List;

/**
 * PyTorch through the Deep Java Library, which has neither PyTorch's {@code autocast} nor its {@code channels_last};
 * {@link PyTorchContender} has both.
 */
final class DjlContender implements TrainingContender {
    private final Scope resources;
    private final Model model;
    private final Trainer trainer;
    private final NDManager manager;
    private final NDArray pictures;
    private final NDArray labels;
    private int channels = 3;

    DjlContender(BenchNetwork network, int batch, int threads) {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.offline", "true");
        try (Scope opening = new Scope()) {
            model = opening.own(Model.newInstance("compared", Device.cpu(), "PyTorch"));
            model.setBlock(block(network.parts()));
            trainer = opening.own(model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optOptimizer(Optimizer.sgd()
                            .setLearningRateTracker(Tracker.fixed(0.001f))
                            .optMomentum(0.9f)
                            .build())));
            Shape shape = new Shape(batch, 3, network.pixels(), network.pixels());
            trainer.initialize(shape);
            manager = opening.own(trainer.getManager().newSubManager());
            pictures = manager.randomUniform(-1, 1, shape);
            labels = manager.randomInteger(0, network.classes(), new Shape(batch), DataType.INT64);
            resources = opening.handOver();
        }
    }

    private Block block(List<Part> parts) {
        SequentialBlock block = new SequentialBlock();
        for (Part part : parts) {
            switch (part) {
                case Part.Convolution p -> {
                    channels = p.filters();
                    block.add(Conv2d.builder()
                            .setKernelShape(square(p.kernel()))
                            .setFilters(p.filters())
                            .optStride(square(p.stride()))
                            .optPadding(square(p.padding()))
                            .optBias(p.bias())
                            .build());
                }
                case Part.DepthwiseConvolution p ->
                    block.add(Conv2d.builder()
                            .setKernelShape(square(p.kernel()))
                            .setFilters(channels)
                            .optGroups(channels)
                            .optStride(square(p.stride()))
                            .optPadding(square(p.padding()))
                            .optBias(false)
                            .build());
                case Part.Normalization p -> block.add(BatchNorm.builder().build());
                case Part.Relu p -> block.add(Activation.reluBlock());
                case Part.Relu6 p -> block.add(Activation.relu6Block());
                case Part.Gelu p -> block.add(Activation.geluBlock());
                case Part.MaxPooling p ->
                    block.add(Pool.maxPool2dBlock(square(p.kernel()), square(p.stride()), square(p.padding())));
                case Part.GlobalAverage p -> block.add(Pool.globalAvgPool2dBlock());
                case Part.Flatten p -> block.add(Blocks.batchFlattenBlock());
                case Part.Dense p ->
                    block.add(Linear.builder().setUnits(p.units()).build());
                case Part.Residual p ->
                    block.add(new ParallelBlock(
                            branches -> new NDList(branches.get(0)
                                    .singletonOrThrow()
                                    .add(branches.get(1).singletonOrThrow())),
                            List.of(
                                    block(p.body()),
                                    p.shortcut().isEmpty() ? Blocks.identityBlock() : block(p.shortcut()))));
                case Part.Patches p -> throw unsupported();
                case Part.LayerNormalization p -> throw unsupported();
                case Part.Attention p -> throw unsupported();
                case Part.FirstToken p -> throw unsupported();
            }
        }
        return block;
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("the Deep Java Library has no block of patches of a picture");
    }

    private static Shape square(int side) {
        return new Shape(side, side);
    }

    @Override
    public float train() {
        float before;
        try (NDManager step = manager.newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            // Results belong to the manager of their operands.
            pictures.attach(step);
            labels.attach(step);
            NDArray loss = trainer.getLoss().evaluate(new NDList(labels), trainer.forward(new NDList(pictures)));
            collector.backward(loss);
            before = loss.getFloat();
            pictures.attach(manager);
            labels.attach(manager);
        }
        trainer.step();
        return before;
    }

    @Override
    public long parameters() {
        return model.getBlock().getParameters().values().stream()
                .filter(Parameter::requiresGradient)
                .mapToLong(p -> p.getArray().size())
                .sum();
    }

    @Override
    public void infer() {
        try (NDManager step = manager.newSubManager()) {
            pictures.attach(step);
            trainer.evaluate(new NDList(pictures))
                    .singletonOrThrow()
                    .softmax(-1)
                    .toFloatArray();
            pictures.attach(manager);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
