package dev.thalweg.bench;

import java.util.ArrayList;
import java.util.List;

/** The networks on which libraries are compared. */
public enum BenchNetwork {
    /** One convolution of 32 filters, the first program's network. */
    CNN(
            32,
            10,
            List.of(
                    new Part.Convolution(32, 3, 1, 0, true),
                    new Part.Relu(),
                    new Part.MaxPooling(2, 2, 0),
                    new Part.Flatten(),
                    new Part.Dense(10))),
    /** 64-64-128-128-256-256 with batch normalization. */
    VGG(32, 10, vgg()),
    /** ResNet-18 for CIFAR (He et al. 2016, a 3×3 stem without pooling). */
    RESNET18(32, 10, resnet(false, 64, 2, 2, 2, 2)),
    /** ResNet-50 (He et al. 2016; strides on the 3×3 convolutions, as in torchvision). */
    RESNET50(224, 1000, resnet(true, 64, 3, 4, 6, 3));

    private final int pixels;
    private final int classes;
    private final List<Part> parts;

    BenchNetwork(int pixels, int classes, List<Part> parts) {
        this.pixels = pixels;
        this.classes = classes;
        this.parts = parts;
    }

    /**
     * {@return height and width of a picture, of three channels}
     */
    public int pixels() {
        return pixels;
    }

    /**
     * {@return how many classes there are}
     */
    public int classes() {
        return classes;
    }

    /**
     * {@return the pieces in order; a softmax follows}
     */
    public List<Part> parts() {
        return parts;
    }

    private static List<Part> vgg() {
        List<Part> parts = new ArrayList<>();
        for (int filters : new int[] {64, 128, 256}) {
            parts.addAll(normalized(filters, 3, 1, true));
            parts.addAll(normalized(filters, 3, 1, true));
            parts.add(new Part.MaxPooling(2, 2, 0));
        }
        parts.add(new Part.Flatten());
        parts.add(new Part.Dense(10));
        return parts;
    }

    private static List<Part> normalized(int filters, int kernel, int stride, boolean relu) {
        List<Part> parts = new ArrayList<>(
                List.of(new Part.Convolution(filters, kernel, stride, kernel / 2, false), new Part.Normalization()));
        if (relu) {
            parts.add(new Part.Relu());
        }
        return parts;
    }

    private static List<Part> resnet(boolean bottleneck, int width, int... blocks) {
        List<Part> parts = new ArrayList<>(normalized(width, bottleneck ? 7 : 3, bottleneck ? 2 : 1, true));
        if (bottleneck) {
            parts.add(new Part.MaxPooling(3, 2, 1));
        }
        int channels = width;
        for (int stage = 0; stage < blocks.length; stage++) {
            int filters = width << stage;
            int out = bottleneck ? 4 * filters : filters;
            for (int block = 0; block < blocks[stage]; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                List<Part> body = new ArrayList<>();
                if (bottleneck) {
                    body.addAll(normalized(filters, 1, 1, true));
                    body.addAll(normalized(filters, 3, stride, true));
                    body.addAll(normalized(out, 1, 1, false));
                } else {
                    body.addAll(normalized(filters, 3, stride, true));
                    body.addAll(normalized(filters, 3, 1, false));
                }
                parts.add(new Part.Residual(
                        body, stride > 1 || channels != out ? normalized(out, 1, stride, false) : List.of()));
                parts.add(new Part.Relu());
                channels = out;
            }
        }
        parts.add(new Part.GlobalAverage());
        parts.add(new Part.Flatten());
        parts.add(new Part.Dense(bottleneck ? 1000 : 10));
        return parts;
    }
}
