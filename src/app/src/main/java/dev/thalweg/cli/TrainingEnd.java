package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.report.HtmlReport;
import dev.thalweg.train.History;
import dev.thalweg.train.Tested;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a training that came to its end: the one place where its test pictures are looked at.
 *
 * @param run whose model is the one that is to be used
 * @param history of it
 * @param seed of everything random
 * @param out for results
 * @param err for what went wrong beside them
 */
record TrainingEnd(TrainingRun run, History history, long seed, PrintStream out, PrintWriter err) {
    /** As a terminal shows it: 128 and SIGINT. Where another signal ended the program, the JVM gives its number. */
    static final int INTERRUPTED = 130;

    /** Tests the model, and prints what it came to. */
    HtmlReport.Answers test() {
        Model model = run.model();
        DataSplit pictures = run.pictures();
        Optional<Tested> validation = pictures.validation().map(model::test);
        validation.ifPresent(result ->
                Results.print("Validation", pictures.validation().orElseThrow().targets(), result, out));
        Tested test = model.test(pictures.test());
        Results.print("Test", pictures.test().targets(), test, out);
        return new HtmlReport.Answers(validation, test);
    }

    /**
     * Saves the model.
     *
     * @param notes what it says of itself
     */
    void save(Path file, Map<String, String> notes) throws IOException {
        run.model().save(file, notes);
        out.println("Saved to " + file);
    }

    /**
     * Writes the report.
     *
     * @param origin how the training came about
     */
    void report(HtmlReport.Answers answers, Map<String, String> origin, Path file) throws IOException {
        HtmlReport.write(
                        run.model(),
                        history,
                        run.pictures(),
                        answers,
                        new HtmlReport.Origin(
                                TrainText.facts(origin, seed, run.model(), run.pictures()), run.gradients()),
                        file)
                .ifPresent(missing -> err.println("thalweg: the report has no curves: " + Failure.line(missing)));
        out.println("Report in " + file);
    }
}
