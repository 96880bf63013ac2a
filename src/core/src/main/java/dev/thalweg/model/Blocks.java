package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

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

    static Layer gelu() {
        return new ActivationLayer(Activation.GELU);
    }

    static Layer relu6() {
        return new ActivationLayer(Activation.RELU6);
    }

    /** VGG's stages, each ended by a pooling as far as there is something to pool. */
    static List<Layer> stages(Shape input, boolean normalized, int... convolutions) {
        List<Layer> layers = new ArrayList<>();
        int size = Math.min(input.dim(1), input.dim(2));
        for (int stage = 0; stage < convolutions.length; stage++) {
            for (int i = 0; i < convolutions[stage]; i++) {
                layers.add(new Conv2D(Math.min(512, 64 << stage), 3).padding(ONE));
                if (normalized) {
                    layers.add(new BatchNormalization());
                }
                layers.add(relu());
            }
            if (size >= 2) {
                layers.add(new MaxPooling2D(2));
                size /= 2;
            }
        }
        return layers;
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
