package dev.thalweg.model;

import dev.thalweg.tensor.Shape;

/** What ready-made networks are built of. */
final class Blocks {
    static final Padding ONE = Padding.of(1);

    private Blocks() {}

    static Flow start(Shape input) {
        return Flow.input(input.toArray());
    }

    static Network headed(Flow flow, int classes) {
        return Network.of(flow.then(new GlobalAveragePooling2D()).then(new Dense(classes, Activation.SOFTMAX)));
    }

    static Layer relu() {
        return new ActivationLayer(Activation.RELU);
    }

    static Layer relu6() {
        return new ActivationLayer(Activation.RELU6);
    }

    static Flow normalized(Flow x, int filters, int kernel, int stride) {
        return x.through(
                new Conv2D(filters, kernel)
                        .stride(stride)
                        .padding(Padding.of(kernel / 2))
                        .useBias(false),
                new BatchNormalization());
    }
}
