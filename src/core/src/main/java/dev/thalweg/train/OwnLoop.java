package dev.thalweg.train;

import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.model.Network;
import dev.thalweg.random.Seeds;
import dev.thalweg.tensor.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * Training batch by batch, in a loop that is not ours. What is random is drawn by seed 0, as it is where {@link Fit}
 * names none.
 *
 * @param compiled what is trained
 * @param standing counts updates and random draws
 */
record OwnLoop(CompiledNetwork compiled, Standing standing) {
    private static final long SEED = 0;

    /** Trains on a batch; the mean loss. */
    float train(MemorySegment images, MemorySegment targets) {
        int batchSize = batchSize(images, targets);
        int accumulation = compiled.description().descent().gradientAccumulationSteps();
        if (standing.setOutAlone() && accumulation > 1) {
            compiled.forgetGradients(batchSize);
        }
        NetworkExecutable executable = compiled.training(batchSize);
        executable.write(images, targets);
        boolean endsUpdate = standing.waiting() + 1 == accumulation;
        float loss = new BatchTraining(compiled, standing).train(executable, SEED, 1f / accumulation, endsUpdate);
        standing.endLoneBatch(endsUpdate);
        return loss;
    }

    /** The gradients by which the next batch would be trained on. */
    Map<String, float[]> gradients(MemorySegment images, MemorySegment targets) {
        NetworkExecutable executable = compiled.differentiating(batchSize(images, targets));
        executable.write(images, targets);
        return executable.gradients(Seeds.of(standing.draws(), SEED));
    }

    private int batchSize(MemorySegment images, MemorySegment targets) {
        Network network = compiled.description().network();
        long image = network.input().elements() * Float.BYTES;
        long target = network.output().elements() * Float.BYTES;
        long size = images.byteSize() / image;
        if (size < 1 || size * image != images.byteSize() || size * target != targets.byteSize()) {
            throw new ShapeException("expected a batch of N pictures " + network.input() + " and N targets "
                    + network.output() + " as floats, got " + images.byteSize() / Float.BYTES + " numbers of pictures, "
                    + image / Float.BYTES + " each, and " + targets.byteSize() / Float.BYTES + " of targets, "
                    + target / Float.BYTES + " each");
        }
        return Math.toIntExact(size);
    }
}
