package dev.thalweg.train;

import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.optim.Descent;
import dev.thalweg.random.Seeds;

/**
 * What is done with one batch of a training, by {@code fit} and by loops of one's own alike.
 *
 * @param compiled what is trained
 * @param standing counts updates and random draws
 */
record BatchTraining(CompiledNetwork compiled, Standing standing) {
    /**
     * Trains on a batch that was written.
     *
     * @param executable holds the batch
     * @param seed of the training
     * @param share of this batch in its update, 0 to 1; looked at where several batches make an update
     * @param endsUpdate whether parameters move now
     * @return the mean loss
     * @throws TrainingDivergedException if loss or gradient is not finite, and the descent does not skip that
     */
    float train(NetworkExecutable executable, long seed, float share, boolean endsUpdate) {
        Descent descent = compiled.description().descent();
        float rate = (float) (descent.learningRate(standing.step()) * standing.rateFactor());
        long drawn = Seeds.of(standing.beginBatch(rate), seed);
        boolean finite = true;
        if (descent.gradientAccumulationSteps() == 1) {
            finite = executable.train(drawn, rate, standing.step());
        } else {
            executable.accumulate(drawn, share);
            if (endsUpdate) {
                finite = executable.update(rate, standing.step());
            }
        }
        float loss = executable.loss();
        if ((!finite || !Float.isFinite(loss)) && !descent.skipNonFinite()) {
            throw new TrainingDivergedException(
                    standing.epoch(), standing.batch() + 1, loss, rate, executable.movements());
        }
        if (endsUpdate) {
            standing.update(finite);
            if (finite) {
                compiled.limitNorms();
            }
        }
        return loss;
    }
}
