package dev.thalweg.model;

import dev.thalweg.tensor.Shape;

/** Networks of attention between patches. */
final class VisionTransformers {
    private VisionTransformers() {}

    static Network visionTransformer(Shape input, int classes, int patch, int units, int blocks, int heads) {
        Submodule block = Submodule.of(x -> {
            Flow attended = Flow.join(new Add(), x, x.through(new LayerNormalization(), new MultiHeadAttention(heads)));
            return Flow.join(
                    new Add(),
                    attended,
                    attended.through(
                            new LayerNormalization(),
                            new Dense(Shape.extent(4L * units), Activation.GELU),
                            new Dense(units)));
        });
        Flow x = Blocks.start(input).then(new PatchEmbedding(patch, units));
        for (int i = 0; i < blocks; i++) {
            x = x.then("block" + i, block);
        }
        return Network.of(
                x.through(new LayerNormalization(), new SelectToken(0), new Dense(classes, Activation.SOFTMAX)));
    }
}
