package dev.thalweg.bench;

import dev.thalweg.Model;
import dev.thalweg.inference.Inference;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** A model of this library, frozen for inference, in whatever precision it is. */
public final class FrozenContender implements Contender {
    private final Scope resources;
    private final Inference inference;
    private final MemorySegment pictures;
    private final MemorySegment outputs;

    /**
     * Freezes a model.
     *
     * @param model what, which may be closed then
     * @param batch pictures in a step
     */
    public FrozenContender(Model model, int batch) {
        try (Scope opening = new Scope()) {
            inference = opening.own(model.inference(Inference.Mode.LATENCY, batch));
            MemoryOwner memory = opening.own(MemoryOwner.named("pictures to infer"));
            int count = model.network().input().batched(batch).arrayLength();
            pictures = memory.allocate((long) count * Float.BYTES);
            outputs = memory.allocate(model.network().output().batched(batch).elements() * Float.BYTES);
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < count; i++) {
                pictures.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
            }
            resources = opening.handOver();
        }
    }

    @Override
    public void infer() {
        inference.run(pictures, outputs);
    }

    @Override
    public void close() {
        resources.close();
    }
}
