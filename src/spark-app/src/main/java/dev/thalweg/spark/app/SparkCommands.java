package dev.thalweg.spark.app;

import dev.thalweg.cli.CommandProvider;
import java.util.List;
import java.util.concurrent.Callable;

/** Adds to the program what it does on a cluster. */
public final class SparkCommands implements CommandProvider {
    /** For the service loader. */
    public SparkCommands() {}

    @Override
    public List<Callable<Integer>> commands() {
        return List.of(new SparkTrainCommand(), new SparkEvaluateCommand(), new SparkPredictCommand());
    }
}
