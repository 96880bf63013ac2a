package dev.thalweg.model;

import dev.thalweg.tensor.Shape;

/** Networks of residual blocks. */
final class ResidualNetworks {
    private ResidualNetworks() {}

    /** Two convolutions and what flows past them (He et al. 2016, figure 2). */
    private static Flow basicBlock(Flow x, int filters, int stride, Flow shortcut) {
        Flow y = Blocks.normalized(Blocks.normalized(x, filters, 3, stride).then(Blocks.relu()), filters, 3, 1);
        return Flow.join(new Add(), y, shortcut).then(Blocks.relu());
    }

    private static Flow projected(Flow x, int filters, int stride, boolean needed) {
        return needed ? Blocks.normalized(x, filters, 1, stride) : x;
    }

    private static Flow resnet18Body(Flow start) {
        Flow x = start;
        for (int stage = 0; stage < 4; stage++) {
            int filters = 64 << stage;
            for (int block = 0; block < 2; block++) {
                boolean narrows = stage > 0 && block == 0;
                x = basicBlock(x, filters, narrows ? 2 : 1, projected(x, filters, 2, narrows));
            }
        }
        return x;
    }

    private static Flow imageNetStem(Shape input) {
        return Blocks.normalized(Blocks.start(input), 64, 7, 2)
                .through(Blocks.relu(), new MaxPooling2D(3).stride(2).padding(Blocks.ONE));
    }

    static Network resnetCifar(Shape input, int classes, int depth) {
        if (depth < 8 || (depth - 2) % 6 != 0) {
            throw new IllegalArgumentException("a ResNet for CIFAR has 6n + 2 layers, got " + depth);
        }
        Flow x = Blocks.normalized(Blocks.start(input), 16, 3, 1).then(Blocks.relu());
        for (int stage = 0; stage < 3; stage++) {
            int filters = 16 << stage;
            for (int block = 0; block < (depth - 2) / 6; block++) {
                boolean narrows = stage > 0 && block == 0;
                Flow shortcut = narrows
                        ? x.through(new AveragePooling2D(1).stride(2), new PadChannels(filters / 4, filters / 4))
                        : x;
                x = basicBlock(x, filters, narrows ? 2 : 1, shortcut);
            }
        }
        return Blocks.headed(x, classes);
    }

    static Network resnet18Cifar(Shape input, int classes) {
        return Blocks.headed(
                resnet18Body(Blocks.normalized(Blocks.start(input), 64, 3, 1).then(Blocks.relu())), classes);
    }

    static Network resnet18(Shape input, int classes) {
        return Blocks.headed(resnet18Body(imageNetStem(input)), classes);
    }

    static Network resnet50(Shape input, int classes) {
        Flow x = imageNetStem(input);
        int[] blocks = {3, 4, 6, 3};
        for (int stage = 0; stage < blocks.length; stage++) {
            int filters = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                Flow y = Blocks.normalized(Blocks.normalized(x, filters, 1, 1).then(Blocks.relu()), filters, 3, stride)
                        .then(Blocks.relu());
                x = Flow.join(
                                new Add(),
                                Blocks.normalized(y, 4 * filters, 1, 1),
                                projected(x, 4 * filters, stride, block == 0))
                        .then(Blocks.relu());
            }
        }
        return Blocks.headed(x, classes);
    }

    static Network wideResnet(Shape input, int classes, int depth, int width) {
        if (depth < 10 || (depth - 4) % 6 != 0) {
            throw new IllegalArgumentException("a wide ResNet has 6n + 4 layers, got " + depth);
        }
        Flow x = Blocks.start(input).then(new Conv2D(16, 3).padding(Blocks.ONE).useBias(false));
        for (int stage = 0; stage < 3; stage++) {
            int filters = Shape.extent((16L << stage) * width);
            for (int block = 0; block < (depth - 4) / 6; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                Flow active = x.through(new BatchNormalization(), Blocks.relu());
                Flow y = active.through(
                        new Conv2D(filters, 3)
                                .stride(stride)
                                .padding(Blocks.ONE)
                                .useBias(false),
                        new BatchNormalization(),
                        Blocks.relu(),
                        new Conv2D(filters, 3).padding(Blocks.ONE).useBias(false));
                boolean widens = block == 0 && (stage > 0 || width > 1);
                x = Flow.join(
                        new Add(),
                        y,
                        widens
                                ? active.then(
                                        new Conv2D(filters, 1).stride(stride).useBias(false))
                                : x);
            }
        }
        return Blocks.headed(x.through(new BatchNormalization(), Blocks.relu()), classes);
    }
}
