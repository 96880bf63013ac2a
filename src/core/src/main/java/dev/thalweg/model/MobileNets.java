package dev.thalweg.model;

import dev.thalweg.tensor.Shape;

/** Networks of separable convolutions. */
final class MobileNets {
    private MobileNets() {}

    /** With the strides of its first convolution and of its second stage. */
    static Network mobileNetV2(Shape input, int classes, int firstStride) {
        // Expansion, channels, repetitions, stride: the paper's table 2.
        int[][] stages = {
            {1, 16, 1, 1},
            {6, 24, 2, firstStride},
            {6, 32, 3, 2},
            {6, 64, 4, 2},
            {6, 96, 3, 1},
            {6, 160, 3, 2},
            {6, 320, 1, 1}
        };
        Flow x = Blocks.normalized(Blocks.start(input), 32, 3, firstStride).then(Blocks.relu6());
        int channels = 32;
        for (int[] stage : stages) {
            for (int i = 0; i < stage[2]; i++) {
                int stride = i == 0 ? stage[3] : 1;
                Flow y = stage[0] == 1
                        ? x
                        : Blocks.normalized(x, channels * stage[0], 1, 1).then(Blocks.relu6());
                y = y.through(
                        new DepthwiseConv2D(3)
                                .stride(stride)
                                .padding(Blocks.ONE)
                                .useBias(false),
                        new BatchNormalization(),
                        Blocks.relu6());
                y = Blocks.normalized(y, stage[1], 1, 1);
                x = stride == 1 && channels == stage[1] ? Flow.join(new Add(), x, y) : y;
                channels = stage[1];
            }
        }
        Flow last = Blocks.normalized(x, 1280, 1, 1)
                .through(Blocks.relu6(), new GlobalAveragePooling2D(), new Dropout(0.2));
        return Network.of(last.then(new Dense(classes, Activation.SOFTMAX)));
    }
}
