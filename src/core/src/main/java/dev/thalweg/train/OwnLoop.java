package dev.thalweg.train;

import dev.thalweg.data.Batch;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.DataPorts;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.random.Seeds;
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
    float train(Batch batch) {
        DataPorts.check(compiled.description().network(), batch, true);
        int accumulation = compiled.description().descent().gradientAccumulationSteps();
        if (standing.setOutAlone() && accumulation > 1) {
            compiled.forgetGradients(batch.size());
        }
        NetworkExecutable executable = compiled.training(batch.size());
        executable.write(batch);
        boolean endsUpdate = standing.waiting() + 1 == accumulation;
        float loss = new BatchTraining(compiled, standing).train(executable, SEED, 1f / accumulation, endsUpdate);
        standing.endLoneBatch(endsUpdate);
        return loss;
    }

    /** The gradients by which the next batch would be trained on. */
    Map<String, float[]> gradients(Batch batch) {
        DataPorts.check(compiled.description().network(), batch, true);
        NetworkExecutable executable = compiled.differentiating(batch.size());
        executable.write(batch);
        return executable.gradients(Seeds.of(standing.draws(), SEED));
    }
}
