package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.Targets;
import dev.thalweg.report.ConsoleProgress;
import dev.thalweg.report.CsvLog;
import dev.thalweg.report.TensorBoardLog;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.Tested;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A training by the options of {@code train} that somebody else runs, and what it leaves in a folder. */
public final class ClusterTraining implements AutoCloseable {
    private final PreparedTraining prepared;

    ClusterTraining(PreparedTraining prepared) {
        this.prepared = prepared;
    }

    /** {@return the model, compiled} */
    public Model model() {
        return prepared.model();
    }

    /**
     * {@return how it is trained, with what shows its progress, writes its history and ends it early}
     *
     * @param folder gets {@code history.csv} and TensorBoard's files
     * @param last told last of everything
     * @throws IOException if the folder cannot be made
     */
    public Fit fit(Path folder, Callback last) throws IOException {
        RunFiles files = new RunFiles(Files.createDirectories(folder));
        List<Callback> callbacks = new ArrayList<>(
                List.of(new ConsoleProgress(), new CsvLog(files.history()), new TensorBoardLog(files.tensorBoard())));
        callbacks.addAll(prepared.judges().callbacks());
        callbacks.add(last);
        return prepared.fit().callbacks(callbacks);
    }

    /** {@return whether the training is to end with averages of the weights} */
    public boolean averagesWeights() {
        return prepared.averagesWeights();
    }

    /**
     * Has the trained model look at several views, where asked for, and saves it.
     *
     * @param folder gets {@code model.safetensors}
     * @return the file
     * @throws IOException if it cannot be written
     */
    public Path finish(Path folder) throws IOException {
        prepared.settleViews();
        Path file = new RunFiles(folder).model();
        model().save(file);
        return file;
    }

    /**
     * Prints what a test came to, as the program does.
     *
     * @param part what was tested, as the first word of each line
     * @param targets of the pictures
     * @param result of them
     * @param out where
     */
    public static void print(String part, Targets targets, Tested result, PrintStream out) {
        Results.print(part, targets, result, out);
    }

    @Override
    public void close() {
        prepared.close();
    }
}
