package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.List;

/**
 * Airbench's networks.
 *
 * @param filters of the three stages
 * @param convolutions of each stage
 * @param activation after each convolution
 */
record Airbench(List<Integer> filters, int convolutions, Activation activation) {
    /**
     * {@return the network that was made for an accuracy on CIFAR-10}
     *
     * @param percent 94, 95 or 96
     * @param activation after each convolution
     * @throws IllegalArgumentException if it is another
     */
    static Airbench of(int percent, Activation activation) {
        return switch (percent) {
            case 94 -> new Airbench(List.of(64, 256, 256), 2, activation);
            case 95 -> new Airbench(List.of(128, 384, 384), 2, activation);
            case 96 -> new Airbench(List.of(128, 512, 512), 3, activation);
            default ->
                throw new IllegalArgumentException(
                        "airbench's networks were made for 94, 95 and 96 percent, got " + percent);
        };
    }

    Network network(Shape input, int classes) {
        Flow x = Blocks.start(input).through(new Conv2D(24, 2), active());
        for (int width : filters) {
            x = x.through(convolution(width), new MaxPooling2D(2), new BatchNormalization(), active());
            x = convolutions == 2
                    ? x.through(convolution(width), new BatchNormalization(), active())
                    : residual(x, width);
        }
        return Blocks.headed(x, classes);
    }

    private Flow residual(Flow x, int width) {
        Flow y = x.through(
                convolution(width), new BatchNormalization(), active(), convolution(width), new BatchNormalization());
        return Flow.join(new Add(), y, x).then(active());
    }

    private Layer active() {
        return new ActivationLayer(activation);
    }

    private static Layer convolution(int width) {
        return new Conv2D(width, 3).padding(Blocks.ONE).useBias(false);
    }
}
