package dev.thalweg.cli;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The options of {@code train} that hold wherever pictures lie and computers are, for commands of other modules. */
public final class ClusterTrainingOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private LearningOptions learning;

    @Mixin
    private EpochsOption epochs;

    @Mixin
    private JudgeOptions judge;

    @Mixin
    private SeedOption seed;

    /** Options that nobody has set; picocli sets them. */
    public ClusterTrainingOptions() {}

    /**
     * Refuses what cannot be meant, before anything is read.
     *
     * @throws WrongArgumentException if there is something
     */
    public void check() {
        learning.check();
        judge.check();
        GivenOptions given = new GivenOptions(spec);
        for (String option : List.of("--backend", "--device", "--threads")) {
            if (given.has(option)) {
                throw new WrongArgumentException(option + " has no effect on a cluster: executors compute by what loads"
                        + " there, on as many threads as a task has cores");
            }
        }
        if (given.has("--keep-best")) {
            throw new WrongArgumentException("--keep-best: a cluster keeps the last checkpoints alone, expected"
                    + " --early-stopping, which ends with the best epoch's weights");
        }
    }

    /** {@return whether pictures to validate with are looked at} */
    public boolean validates() {
        return judge.validates();
    }

    /**
     * Makes a model and all that its training needs.
     *
     * @param pictures to learn from; must stay open
     * @param standardization asked only with {@code --standardize}, for what brings these pictures' channels to mean 0
     *            and deviation 1: the cluster can read them all at less cost
     * @return the training, to be closed
     * @throws IOException if a file cannot be read
     */
    public ClusterTraining prepare(ImageDataset pictures, Supplier<Normalization> standardization) throws IOException {
        TrainingRecipe recipe =
                new TrainingRecipe(epochs.epochs(), 1, seed.seed(), learning, new TeacherOptions(), judge);
        return new ClusterTraining(
                new PreparedTraining(recipe, Optional.empty(), pictures, _ -> standardization.get()));
    }
}
