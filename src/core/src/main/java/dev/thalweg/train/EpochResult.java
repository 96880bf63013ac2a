package dev.thalweg.train;

import java.util.Optional;

/**
 * What an epoch came to.
 *
 * @param epoch from 1
 * @param loss mean over the training pictures, each before its step
 * @param accuracy share of the training pictures whose greatest output was right, each before its step
 * @param validation the test after the epoch, if one was asked for
 * @param seconds wall time, validation not included
 * @param learningRate of the last step
 * @param skippedSteps how many steps were left out because a gradient was not finite
 * @param memory at the end of the epoch
 */
public record EpochResult(
        int epoch,
        double loss,
        double accuracy,
        Optional<Evaluation> validation,
        double seconds,
        float learningRate,
        int skippedSteps,
        MemoryUse memory) {}
